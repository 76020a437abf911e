import { expect, it } from 'vitest';
import { Inbox } from './inbox.js';

const channel = (id: number) => ({ id, topic: '', encoding: '', schemaName: '', schema: '' });

it('keeps the newest message of each channel, however many come, and counts the others', () => {
  const inbox = new Inbox();
  for (let time = 0n; time < 1000n; time++) {
    inbox.put({ channel: channel(Number(time % 2n)), data: new Uint8Array(1), time });
  }
  expect(inbox.take().map(({ time }) => time)).toEqual([998n, 999n]);
  expect(inbox.replaced).toBe(998);
  expect(inbox.take()).toEqual([]);
});
