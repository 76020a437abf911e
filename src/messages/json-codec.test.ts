import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { jsonCodec, jsonCodecFromText } from './json-codec.js';

const invalid = expect.objectContaining({ code: 'MESSAGE_INVALID' });
const unsupported = expect.objectContaining({ code: 'SCHEMA_UNSUPPORTED' });
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('the JSON codec', () => {
  it('says which schema it writes by, complete', () => {
    const codec = jsonCodec('foxglove.SceneUpdate');
    expect(codec).toMatchObject({
      schemaName: 'foxglove.SceneUpdate',
      schemaEncoding: 'jsonschema',
      messageEncoding: 'json',
    });
    const schema = JSON.parse(new TextDecoder().decode(codec.schemaData));
    expect(schema).toMatchObject({ title: 'foxglove.SceneUpdate', type: 'object' });
  });

  it('writes binary fields in base64 and reads them back', () => {
    const codec = jsonCodec('foxglove.RawImage');
    const data = Uint8Array.from({ length: 100_000 }, (_, i) => i);
    const image = {
      timestamp: { sec: 1, nsec: 2 },
      frame_id: 'camera',
      width: 250,
      height: 200,
      encoding: '16UC1',
      step: 500,
      data,
    };
    const bytes = codec.encode(image);
    expect(JSON.parse(new TextDecoder().decode(bytes)).data).toBe(Buffer.from(data).toString('base64'));
    expect(codec.decode(bytes)).toEqual(image);
  });

  test.each<[string, unknown]>([
    ['an array for an object', []],
    ['nothing', null],
    ['a missing property', { deletions: [] }],
    ['a number for an array', { deletions: [], entities: 1 }],
    [
      'a number that is not finite',
      { deletions: [{ timestamp: { sec: 0, nsec: 0 }, type: Number.NaN, id: '' }], entities: [] },
    ],
    ['a fraction for an integer', { deletions: [{ timestamp: { sec: 0.5, nsec: 0 }, type: 0, id: '' }], entities: [] }],
  ])('refuses to write %s', (_, message) => {
    expect(() => jsonCodec('foxglove.SceneUpdate' as string).encode(message)).toThrow(invalid);
  });

  test.each([
    ['no JSON', '{"deletions":'],
    ['another message', '{"x":1}'],
    ['a bare number', '1'],
    [
      'base64 that is none',
      '{"timestamp":{"sec":0,"nsec":0},"frame_id":"","width":1,"height":1,"encoding":"","step":1,"data":"?"}',
    ],
  ])('refuses to read %s', (_, text) => {
    const name = text.includes('timestamp') ? 'foxglove.RawImage' : 'foxglove.SceneUpdate';
    expect(() => jsonCodec(name as string).decode(utf8(text))).toThrow(invalid);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => jsonCodec('foxglove.SceneUpdate').decode(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(invalid);
  });

  test.each(['foxglove.Nothing', 'SceneUpdate', 'foxglove.default', 'foxglove.constructor', ''])(
    'knows no schema "%s"',
    (name) => expect(() => jsonCodec(name)).toThrow(unsupported),
  );

  test.each(['1', 'null', '{'])('refuses %s as a recorded schema', (text) => {
    expect(() => jsonCodecFromText('x', text)).toThrow(unsupported);
  });

  it('takes any object where a recording has no schema', () => {
    expect(jsonCodecFromText('x', '').decode(utf8('{"a":[1]}'))).toEqual({ a: [1] });
  });

  it('answers any JSON under any JSON schema with a message or a typed error', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (schema, message) => {
        try {
          jsonCodecFromText('x', schema).decode(utf8(message));
        } catch (error) {
          expect(['MESSAGE_INVALID', 'SCHEMA_UNSUPPORTED']).toContain((error as { code?: string }).code);
        }
      }),
      { numRuns: 1000, seed: 7 },
    );
  });
});
