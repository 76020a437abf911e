import { describe, expect, it, test } from 'vitest';
import type { LifecycleHandlers } from './host.js';
import { LifecycleMachine, STATES } from './lifecycle-machine.js';

function machine(handlers: LifecycleHandlers = {}) {
  const steps: string[] = [];
  const lifecycle = new LifecycleMachine(handlers, ({ id, label, start, goal }) =>
    steps.push(`${start.label} -${id} ${label}-> ${goal.label}`),
  );
  return { lifecycle, steps };
}

describe('the life cycle', () => {
  it('goes through all states when everything succeeds', async () => {
    const { lifecycle, steps } = machine();
    for (const transition of ['configure', 'activate', 'deactivate', 'cleanup', 'shutdown']) {
      expect(await lifecycle.change(transition)).toBe(true);
    }
    expect(lifecycle.state).toBe('finalized');
    expect(steps).toEqual([
      'unconfigured -1 configure-> configuring',
      'configuring -10 transition_success-> inactive',
      'inactive -3 activate-> activating',
      'activating -30 transition_success-> active',
      'active -4 deactivate-> deactivating',
      'deactivating -40 transition_success-> inactive',
      'inactive -2 cleanup-> cleaningup',
      'cleaningup -20 transition_success-> unconfigured',
      'unconfigured -5 shutdown-> shuttingdown',
      'shuttingdown -50 transition_success-> finalized',
    ]);
  });

  test.each([
    ['unconfigured', [], ['configure', 'shutdown']],
    ['inactive', ['configure'], ['cleanup', 'activate', 'shutdown']],
    ['active', ['configure', 'activate'], ['deactivate', 'shutdown']],
    ['finalized', ['shutdown'], []],
  ])('allows in %s what the design allows, and refuses the rest', async (state, way, allowed) => {
    for (const wanted of [
      'configure',
      'cleanup',
      'activate',
      'deactivate',
      'shutdown',
      'destroy',
      '',
      'x',
      8,
      99,
      -1,
      Number.NaN,
    ]) {
      const { lifecycle } = machine();
      for (const step of way) await lifecycle.change(step);
      expect(lifecycle.state).toBe(state);
      expect(lifecycle.available().map(({ label }) => label)).toEqual(allowed);
      expect(await lifecycle.change(wanted)).toBe(allowed.includes(String(wanted)));
      if (!allowed.includes(String(wanted))) expect(lifecycle.state).toBe(state);
    }
  });

  it('takes numbers for transitions, those of the present state', async () => {
    const { lifecycle } = machine();
    expect(await lifecycle.change(6)).toBe(false); // shutdown, but from inactive
    expect(await lifecycle.change(1)).toBe(true);
    expect(await lifecycle.change(6)).toBe(true);
    expect(lifecycle.state).toBe('finalized');
  });

  test.each([
    ['configure', [], 'onConfigure', 'unconfigured'],
    ['activate', ['configure'], 'onActivate', 'inactive'],
    ['deactivate', ['configure', 'activate'], 'onDeactivate', 'active'],
    ['cleanup', ['configure'], 'onCleanup', 'inactive'],
    ['shutdown', [], 'onShutdown', 'finalized'],
  ])('stays where it was when %s fails', async (transition, way, handler, state) => {
    const { lifecycle } = machine({ [handler]: () => 'failure' });
    for (const step of way) await lifecycle.change(step);
    expect(await lifecycle.change(transition)).toBe(false);
    expect(lifecycle.state).toBe(state);
  });

  test.each([
    ['unconfigured when the error was cleaned up', () => 'success' as const, 'unconfigured'],
    ['finalized when it was not', () => 'failure' as const, 'finalized'],
    [
      'finalized when cleaning up throws',
      () => {
        throw new Error('again');
      },
      'finalized',
    ],
    ['finalized when nobody cleans up', undefined, 'finalized'],
  ])('goes through errorprocessing after a throw, and is %s', async (_, onError, state) => {
    const errors: unknown[] = [];
    const handlers: LifecycleHandlers = {
      onConfigure: async () => {
        throw new Error('no model');
      },
      ...(onError === undefined
        ? {}
        : {
            onError: (error: unknown) => {
              errors.push(error);
              return onError();
            },
          }),
    };
    const { lifecycle, steps } = machine(handlers);
    expect(await lifecycle.change('configure')).toBe(false);
    expect(lifecycle.state).toBe(state);
    expect(steps[1]).toBe('configuring -12 transition_error-> errorprocessing');
    if (onError !== undefined) expect(errors).toEqual([new Error('no model')]);
  });

  it('shows the state between while a transition takes its time, and refuses others', async () => {
    let finish: () => void = () => undefined;
    const { lifecycle } = machine({ onConfigure: () => new Promise((resolve) => (finish = () => resolve(undefined))) });
    const configuring = lifecycle.change('configure');
    expect(lifecycle.state).toBe('configuring');
    expect(lifecycle.available()).toEqual([]);
    expect(await lifecycle.change('configure')).toBe(false);
    expect(await lifecycle.change('shutdown')).toBe(false);
    finish();
    expect(await configuring).toBe(true);
    expect(lifecycle.state).toBe('inactive');
  });

  it('can fail by its own decision when it is configured, and only then', async () => {
    const { lifecycle } = machine({ onError: () => 'success' });
    await lifecycle.fail(new Error('worker lost'));
    expect(lifecycle.state).toBe('unconfigured');
    const states: string[] = [];
    await lifecycle.change('configure');
    await lifecycle.change('activate');
    const end = lifecycle.onChange((state) => states.push(state));
    await lifecycle.fail(new Error('worker lost'));
    end();
    await lifecycle.change('configure');
    expect(states).toEqual(['errorprocessing', 'unconfigured']);
  });

  it('tells shutdown where it comes from', async () => {
    const from: string[] = [];
    const { lifecycle } = machine({ onShutdown: (state) => void from.push(state) });
    await lifecycle.change('configure');
    await lifecycle.change('shutdown');
    expect(from).toEqual(['inactive']);
  });

  it('has the whole graph of the design', () => {
    const graph = LifecycleMachine.graph();
    expect(graph).toHaveLength(7 + 5 * 3 + 3);
    expect(new Set(graph.map(({ id }) => id)).size).toBe(graph.length);
    const known = Object.values(STATES);
    for (const { start, goal } of graph) expect(known).toEqual(expect.arrayContaining([start, goal]));
  });
});
