import { describe, expect, it } from 'vitest';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { settle } from '../../test/helpers/manual-clock.js';
import { HeldInference, TrackerBench } from '../../test/helpers/tracker-bench.js';
import { VoxhandError } from '../errors/voxhand-error.js';
import type { InferenceStatus } from '../inference/inference.js';
import type { TrackerConfig } from '../tracking/config.js';
import { joinedObserver } from './node-session.js';

/** Frames that came are accounted for, each once. */
function expectAccounted(bench: TrackerBench): void {
  const { counts, published, withheld } = bench.node.report().facts.session;
  const sum = (some: object) => Object.values<number>(some as never).reduce((total, n) => total + n, 0);
  expect(counts.in).toBe(counts.out + sum(counts.dropped) + counts.pending);
  expect(counts.out).toBe(published + sum(withheld));
}

describe('a tracker node', () => {
  it('publishes a hand for each frame, by the bus’s own clock', async () => {
    const bench = new TrackerBench();
    await bench.tracking(4);
    expect(bench.hands.map(({ tracked }) => tracked)).toEqual([true, true, true, true]);
    expect(bench.hands[3].stamp - bench.hands[0].stamp).toBe(99_999_999n + 1n);
    expect(bench.markers).toHaveLength(4);
    expectAccounted(bench);
    await bench.node.close();
    expect(bench.closes).toBe(1);
    expect(bench.clock.waiting).toBe(0);
  });

  it('tells its observers what it runs with: configured, with another parameter, on another provider', async () => {
    const told: string[] = [];
    let provider: 'cpu' | 'cuda' = 'cuda';
    const { inference } = new HeldInference();
    const { status } = inference;
    const observer = (who: string) => ({
      onConfigured: (config: TrackerConfig, network?: InferenceStatus) =>
        told.push(`${who} ${network?.providerActual} ${config.smoothing.oneEuro.beta}`),
    });
    const bench = new TrackerBench({
      inference: { ...inference, status: () => ({ ...status(), providerActual: provider }) },
      config: geometricConfig({ smoothing: { stages: [], oneEuro: { beta: 80 } } }),
      observer: joinedObserver([observer('a'), {}, observer('b')]),
    });
    await bench.node.start();
    expect(told.splice(0)).toEqual(['a cuda 80', 'b cuda 80']);
    bench.node.setParameters(new Map([['smoothing.one_euro.beta', 90]]));
    expect(told.splice(0)).toEqual(['a cuda 90', 'b cuda 90']);
    expect(bench.node.setParameters(new Map([['smoothing.one_euro.beta', -1]])).ok).toBe(false);
    await bench.clock.advance(3);
    expect(told).toEqual([]);
    provider = 'cpu';
    await bench.clock.advance(3);
    expect(told).toEqual(['a cpu 90', 'b cpu 90']);
    await bench.node.close();
  });

  it('takes a hand back when frames stop, within 250 ms, and never shows the old one again', async () => {
    const bench = new TrackerBench();
    await bench.tracking(10);
    const before = bench.hands.length;
    await bench.clock.advance(0.25 - 1 / 30);
    expect(bench.hands.slice(before).map(({ tracked }) => tracked)).toEqual([false]);
    expect(bench.markers.at(-1)?.markers.every(({ action }) => action === 2)).toBe(true);
    expect(bench.hands.at(-1)!.stamp).toBeGreaterThan(bench.hands.at(-2)!.stamp);
    await bench.clock.advance(10);
    expect(bench.hands).toHaveLength(before + 1);
    await bench.stream(2);
    expect(bench.hands.slice(before + 1).map(({ tracked }) => tracked)).toEqual([true, true]);
    expectAccounted(bench);
  });

  it('does not show what a window held back from before a silence', async () => {
    const config = geometricConfig({ smoothing: { stages: ['window'], window: { mode: 'centred', k: 2 } } });
    const bench = new TrackerBench({ config });
    await bench.tracking(6);
    const newest = bench.hands.at(-1)!.stamp;
    await bench.clock.advance(1);
    const silence = bench.hands.length;
    const back = bench.stamp;
    await bench.stream(6);
    const later = bench.hands.slice(silence);
    expect(later.length).toBeGreaterThan(0);
    expect(later.every(({ stamp, tracked }) => tracked && stamp >= back)).toBe(true);
    expect(newest).toBeLessThan(back);
    expect(bench.node.report().facts.session.withheld).toMatchObject({ stale: 2 });
  });

  it('does not show a result that was in the network while the frames stopped', async () => {
    const held = new HeldInference();
    const bench = new TrackerBench({ inference: held.inference });
    await bench.tracking(5);
    held.held = true;
    await bench.stream(1);
    await bench.clock.advance(1);
    expect(bench.hands.at(-1)?.tracked).toBe(false);
    const before = bench.hands.length;
    await held.release();
    expect(bench.hands).toHaveLength(before);
    expectAccounted(bench);
  });

  it('takes the hand back when the network hangs though frames come, and does not show what waited in it', async () => {
    const held = new HeldInference();
    const bench = new TrackerBench({ inference: held.inference });
    await bench.tracking(5);
    held.held = true;
    await bench.stream(60);
    expect(bench.hands.map(({ tracked }) => tracked)).toEqual([true, true, true, true, true, false]);
    await held.release();
    await bench.stream(3);
    const tail = bench.hands.slice(6);
    expect(tail.length).toBeGreaterThan(0);
    const now = bench.stamp;
    for (const hand of tail.filter(({ tracked }) => tracked)) expect(now - hand.stamp).toBeLessThan(250_000_000n);
    expect(bench.node.report().facts.session.counts.dropped.replaced).toBeGreaterThan(50);
    expectAccounted(bench);
  });

  it('sheds frames under overload: one in work, one waiting, every other one counted', async () => {
    const held = new HeldInference();
    const bench = new TrackerBench({ inference: held.inference });
    await bench.tracking(1);
    held.held = true;
    await bench.stream(100);
    expect(bench.node.report().facts.session.counts).toMatchObject({
      in: 101,
      out: 1,
      dropped: { replaced: 98 },
      pending: 2,
    });
  });

  it('begins anew within a frame when stamps step back, and stays what it was when they do not', async () => {
    const bench = new TrackerBench();
    await bench.tracking(5);
    const first = bench.hands[0].stamp;
    for (let i = 0; i < 3; i++) await bench.image(first + BigInt(i) * 33_333_333n);
    const [retracted, ...anew] = bench.hands.slice(5);
    // what was shown is taken back, behind all that was published of it
    expect(retracted).toMatchObject({ tracked: false, stamp: bench.hands[4].stamp + 1n });
    expect(anew.map(({ stamp }) => stamp - first)).toEqual([0n, 33_333_333n, 66_666_666n]);
    await bench.clock.advance(1);
    expect(bench.troubles).toMatchObject([{ part: 'input', rule: 'time-jump' }]);
    expectAccounted(bench);
  });
});

describe('pause, resume and reset', () => {
  it('stop the work and go on', async () => {
    const bench = new TrackerBench();
    await bench.tracking(3);
    expect(await bench.node.pause()).toBe('paused');
    await settle();
    expect(bench.hands.map(({ tracked }) => tracked)).toEqual([true, true, true, false]);
    await bench.stream(30);
    expect(bench.hands).toHaveLength(4);
    expect(bench.troubles).toMatchObject([{ part: 'node', level: 'WARN', rule: 'paused' }]);
    expect(await bench.node.resume()).toBe('resumed');
    expect(await bench.node.resume()).toBe('was not paused');
    await bench.stream(1);
    expect(bench.hands.at(-1)?.tracked).toBe(true);
    expect(bench.node.report().facts.session.counts.dropped).toEqual({ paused: 30 });
    expectAccounted(bench);
  });

  it('begin anew: what a window held back is not shown', async () => {
    const config = geometricConfig({ smoothing: { stages: ['window'], window: { mode: 'centred', k: 1 } } });
    const bench = new TrackerBench({ config });
    await bench.tracking(4);
    expect(bench.hands).toHaveLength(3);
    await bench.node.reset();
    await bench.stream(3);
    expect(bench.hands.map(({ tracked }) => tracked)).toEqual([true, true, true, false, true, true]);
    expect(bench.node.report().facts.session.withheld).toEqual({ reset: 1 });
  });

  it.each(['pause', 'resume', 'reset'] as const)('%s needs an active node, and says so', async (what) => {
    const bench = new TrackerBench();
    await expect(bench.node[what]()).rejects.toThrow(/active node; found unconfigured/);
  });
});

describe('the life cycle', () => {
  it('loads at configure, subscribes at activate, stops within a frame, frees at cleanup', async () => {
    const bench = new TrackerBench();
    const { lifecycle } = bench.node;
    await bench.info();
    await bench.stream(2);
    expect(bench.loads).toHaveLength(0);
    expect(await lifecycle.change('configure')).toBe(true);
    expect([lifecycle.state, bench.loads.length]).toEqual(['inactive', 1]);
    await bench.stream(2);
    expect(bench.hands).toHaveLength(0);
    expect(await lifecycle.change('activate')).toBe(true);
    await settle();
    await bench.info();
    await bench.stream(3);
    expect(bench.hands).toHaveLength(3);
    expect(await lifecycle.change('deactivate')).toBe(true);
    await settle();
    expect(bench.hands.at(-1)?.tracked).toBe(false);
    const published = bench.hands.length;
    await bench.stream(5);
    expect(bench.hands).toHaveLength(published);
    expect(await lifecycle.change('cleanup')).toBe(true);
    expect(bench.closes).toBe(1);
    expect(await lifecycle.change('shutdown')).toBe(true);
    expect(lifecycle.state).toBe('finalized');
  });

  it('publishes nothing of a frame that was in the network when it was deactivated, and goes on after', async () => {
    const held = new HeldInference();
    const bench = new TrackerBench({ inference: held.inference });
    await bench.tracking(3);
    held.held = true;
    await bench.stream(2);
    await bench.node.lifecycle.change('deactivate');
    const published = bench.hands.length;
    await bench.node.lifecycle.change('activate');
    await settle();
    await bench.info();
    await bench.stream(1);
    await held.release();
    await bench.stream(2);
    const after = bench.hands.slice(published);
    expect(after.map(({ tracked }) => tracked)).toEqual([true, true, true]);
    expect(after[0].stamp).toBeGreaterThan(bench.hands[published - 1].stamp);
    expectAccounted(bench);
  });

  it('refuses what the state does not allow, and lives', async () => {
    const bench = new TrackerBench();
    const { lifecycle } = bench.node;
    for (const hostile of ['activate', 'deactivate', 'cleanup', '', 'destroy', '__proto__', 'configuring']) {
      expect(await lifecycle.change(hostile)).toBe(false);
      expect(lifecycle.state).toBe('unconfigured');
    }
    const [first, second] = await Promise.all([lifecycle.change('configure'), lifecycle.change('configure')]);
    expect([first, second]).toEqual([true, false]);
    expect(bench.loads).toHaveLength(1);
  });

  it('frees everything and says why when it cannot configure, and can be configured again', async () => {
    let fails = true;
    const good = new TrackerBench();
    const bench = new TrackerBench({
      load: async (config) => {
        if (fails) throw new VoxhandError('MODEL_NOT_FOUND', 'no such model', { found: config.inference.model });
        return { inference: new HeldInference().inference, close: async () => undefined };
      },
    });
    await expect(bench.node.start()).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(bench.node.lifecycle.state).toBe('unconfigured');
    await bench.clock.advance(1);
    expect(bench.troubles).toMatchObject(
      [{ part: 'node', level: 'ERROR', rule: 'failed', message: /MODEL_NOT_FOUND/ }].map(
        ({ message: _, ...rest }) => rest,
      ),
    );
    expect(bench.diagnostics.node.message).toContain('MODEL_NOT_FOUND');
    fails = false;
    await bench.tracking();
    expect(bench.hands.at(-1)?.tracked).toBe(true);
    await good.node.close();
  });

  it('goes to the error state when the network is given up, and is unconfigured afterwards', async () => {
    const held = new HeldInference();
    const bench = new TrackerBench({ inference: held.inference });
    await bench.tracking();
    held.state = 'failed';
    const states: string[] = [];
    bench.node.lifecycle.onChange((state) => states.push(state));
    await bench.clock.advance(1);
    expect(states).toEqual(['errorprocessing', 'unconfigured']);
    expect(bench.hands.at(-1)?.tracked).toBe(false);
    expect(bench.closes).toBe(1);
    expect(bench.node.lastError).toMatchObject({ code: 'INFERENCE_FAILED' });
  });

  it('closes in the midst of a configure, and twice', async () => {
    const bench = new TrackerBench();
    const configuring = bench.node.lifecycle.change('configure');
    await Promise.all([bench.node.close(), bench.node.close(), configuring]);
    expect(bench.node.lifecycle.state).toBe('finalized');
    expect(bench.closes).toBe(1);
    expect(bench.clock.waiting).toBe(0);
    await bench.node.ended;
  });

  it('ends with its bus', async () => {
    const bench = new TrackerBench();
    await bench.tracking();
    await bench.bus.close();
    await bench.node.ended;
    await bench.node.close();
  });
});

describe('parameters', () => {
  it('change between two frames', async () => {
    const bench = new TrackerBench();
    await bench.tracking(2);
    expect(bench.node.setParameters(new Map([['reference.zone.z', [0.15, 0.2]]]))).toEqual({ ok: true });
    await bench.stream(2);
    expect(bench.hands.map(({ tracked }) => tracked)).toEqual([true, true, false, false]);
    bench.node.setParameters(new Map([['reference.zone.z', [0.15, 1.3]]]));
    await bench.stream(2);
    expect(bench.hands.at(-1)?.tracked).toBe(true);
    expectAccounted(bench);
  });

  it('are refused with the reason, and the old value stays', async () => {
    const bench = new TrackerBench();
    await bench.tracking(1);
    const before = bench.node.config;
    const both = new Map<string, unknown>([
      ['handedness', 'left'],
      ['heat_maps.min_confidence', 2],
    ]);
    expect(bench.node.setParameters(both)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('heat_maps.min_confidence'),
    });
    expect(bench.node.setParameters(new Map([['inference.model', 'light']]))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('cannot be changed while the node is configured'),
    });
    expect(bench.node.setParameters(new Map([['smoothing.stages', ['prior']]]))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('pose prior was not loaded'),
    });
    expect(bench.node.config).toBe(before);
    await bench.stream(1);
    expect(bench.hands.at(-1)?.tracked).toBe(true);
  });

  it('that are fixed can be changed while the node is unconfigured, and hold from the next configure on', async () => {
    const bench = new TrackerBench();
    await bench.tracking(1);
    for (const transition of ['deactivate', 'cleanup']) await bench.node.lifecycle.change(transition);
    expect(bench.node.setParameters(new Map([['inference.model', 'compact-light']]))).toEqual({ ok: true });
    await bench.node.start();
    expect(bench.loads.map(({ inference }) => inference.model)).toEqual(['compact', 'compact-light']);
  });

  it('switch an output off, and delete its markers', async () => {
    const bench = new TrackerBench();
    await bench.tracking(2);
    bench.node.setParameters(new Map([['output.markers', false]]));
    await bench.stream(3);
    expect(bench.markers).toHaveLength(3);
    expect(bench.markers[2].markers.every(({ action }) => action === 2)).toBe(true);
    expect(bench.hands.map(({ tracked }) => tracked)).toEqual([true, true, false, true, true, true]);
  });

  it('change the period of the diagnostics', async () => {
    const bench = new TrackerBench();
    await bench.clock.advance(2);
    const topic = bench.config.topics.diagnostics;
    expect(bench.heard.get(topic)).toHaveLength(2);
    bench.node.setParameters(new Map([['diagnostics.period', 0.1]]));
    await bench.clock.advance(1);
    expect(bench.heard.get(topic)).toHaveLength(12);
    bench.node.setParameters(new Map([['diagnostics.enabled', false]]));
    await bench.clock.advance(1);
    expect(bench.heard.get(topic)).toHaveLength(12);
  });
});
