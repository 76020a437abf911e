/**
 * What a ROS 2 node has beside messages: parameters, services, a life cycle, a log. Small interfaces without a type of
 * rclnodejs in them, so that a node can be written and tested without ROS 2.
 */

/** What a parameter can hold. Integers are plain numbers here, though ROS 2 sends 64 bits. */
export type ParameterValue = boolean | number | string | readonly boolean[] | readonly number[] | readonly string[];

export type ParameterType =
  | 'bool'
  | 'integer'
  | 'double'
  | 'string'
  | 'bool_array'
  | 'integer_array'
  | 'double_array'
  | 'string_array';

/** One parameter of a node: what it is called, what it may be, and what it is now. */
export interface ParameterDescriptor {
  /** `heat_maps.min_confidence` */
  readonly name: string;
  readonly type: ParameterType;
  /** Its value unless a {@link Ros2Host.overrides} says otherwise; undefined for one that is not set. */
  readonly value: ParameterValue | undefined;
  /** One sentence, shown by `ros2 param describe`. */
  readonly description?: string;
  /** What is allowed beyond type and range, in words: `one of cpu, cuda`. */
  readonly constraints?: string;
  /** Inclusive, for numbers and arrays of numbers. */
  readonly range?: { readonly from: number; readonly to: number };
  /** Can be given at start only. */
  readonly readOnly?: boolean;
}

/** Changes that somebody asks for, by parameter name; undefined takes a value away. */
export type ParameterChanges = ReadonlyMap<string, ParameterValue | undefined>;

/** Whether a change was made; `reason` goes to whoever asked for it. */
export interface SetResult {
  readonly ok: boolean;
  readonly reason?: string;
  /** Parameters that got another value by it beside those that were asked for. */
  readonly also?: ParameterChanges;
}

/**
 * Called with changes whose names, types and ranges are right, all of them to be made or none. What it does not refuse
 * is in force when it returns. A throw is a refusal with the error's text as its reason.
 */
export type OnParameters = (changes: ParameterChanges) => SetResult;

/** Ends something: a service, a listener. May be called twice. */
export type Dispose = () => void;

/** The states that a managed node rests in, as ROS 2 names them. */
export type LifecycleState = 'unconfigured' | 'inactive' | 'active' | 'finalized';

/** What became of a transition: `failure` leaves the node in the state it came from, `error` goes through `onError`. */
export type TransitionOutcome = 'success' | 'failure' | 'error';

type Transition = () => TransitionOutcome | undefined | Promise<TransitionOutcome | undefined>;

/**
 * What a managed node does in each transition. One may take its time: the state between is visible meanwhile, and other
 * requests are refused. Nothing returned is success; a throw is `error`. One that is left out succeeds.
 */
export interface LifecycleHandlers {
  readonly onConfigure?: Transition;
  readonly onActivate?: Transition;
  readonly onDeactivate?: Transition;
  readonly onCleanup?: Transition;
  /** From any state; the node is finalized afterwards whatever comes of it. */
  readonly onShutdown?: (from: LifecycleState) => ReturnType<Transition>;
  /** After an `error`: clean up. On success the node is unconfigured, else finalized. Left out, it is finalized. */
  readonly onError?: (error: unknown) => ReturnType<Transition>;
}

/** A node's life cycle, once {@link Ros2Host.lifecycle} has made it a managed node. */
export interface Lifecycle {
  /** One of {@link LifecycleState}, or the transition that is under way: `configuring`, `errorprocessing`... */
  readonly state: string;
  /**
   * Make a transition as a peer would by `~/change_state`: `configure`, `activate`, `deactivate`, `cleanup`, `shutdown`.
   *
   * @returns whether it succeeded; false too where the present state does not allow it.
   */
  change(transition: string): Promise<boolean>;
  /**
   * Go to the error state by the node's own decision, from `active` or `inactive`: something broke outside a transition.
   * `onError` is called, and the node is unconfigured or finalized afterwards.
   */
  fail(error: unknown): Promise<void>;
  /** Listen to every change of state, transition states too. */
  onChange(listener: (state: string) => void): Dispose;
}

/** The node behind a ROS 2 bus. Everything here ends with the bus. */
export interface Ros2Host {
  /** The node's name after remapping: `hand_tracker`. */
  readonly name: string;
  /** Its namespace after remapping: `/` or `/cell`. */
  readonly namespace: string;
  /** `/cell/hand_tracker` */
  readonly fullName: string;
  /** `jazzy` */
  readonly distro: string;
  /**
   * Parameters given to this node at start, by `-p`, `--params-file` or a launch file, as they were written: not checked
   * against a descriptor, numbers without their type.
   */
  readonly overrides: ReadonlyMap<string, ParameterValue>;
  /**
   * Declare the node's parameters and serve them (`ros2 param list, get, set, describe, dump`). To be called once.
   *
   * The values in force afterwards are the descriptors', with overrides in their place: read them with
   * {@link parameter}. Later requests are checked against name, type, range and `readOnly` before `onSet` is asked; a
   * refused one changes nothing. `use_sim_time` is declared by the bus itself.
   *
   * @throws VoxhandError `CONFIG_INVALID` for an override that its descriptor does not allow. All are named in it. An
   * override that nothing declares is not an error: see {@link undeclaredOverrides}.
   */
  declareParameters(descriptors: readonly ParameterDescriptor[], onSet: OnParameters): void;
  /** Overrides that no descriptor declares, mostly spelling mistakes; without `qos_overrides.*`, which topics declare. */
  undeclaredOverrides(): readonly string[];
  /** The value in force, undefined where it is not set or not declared. */
  parameter(name: string): ParameterValue | undefined;
  /** Change parameters from inside, as a request from outside would: checked, `onSet` asked, peers notified. */
  setParameters(changes: ParameterChanges): SetResult;
  /**
   * A service without a request, `std_srvs/srv/Trigger`: `~/reset`.
   *
   * @param action what it does; its text is the answer's message. A throw is answered with `success: false` and the
   * error's text.
   * @throws VoxhandError `ROS2_UNAVAILABLE` where the service cannot be created.
   */
  trigger(name: string, action: () => string | Promise<string>): Dispose;
  /**
   * Make this a managed node: `ros2 lifecycle` and launch files can drive it. The state machine is voxhand's own on a
   * plain node, so no request can end the process. To be called once; the node is `unconfigured` afterwards.
   */
  lifecycle(handlers: LifecycleHandlers): Lifecycle;
  /** To /rosout and the console, under the node's name. Never throws. */
  log(severity: 'debug' | 'info' | 'warn' | 'error', text: string): void;
}

/** Offer a service of a node; what the handler returns or resolves to is the answer. */
export type ServeFunction = (type: string, name: string, handler: (request: unknown) => unknown) => Dispose;
