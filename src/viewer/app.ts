import type { DepthFrame } from '../depth/depth-frame.js';
import type { Channel, ServerInfo } from '../transport/foxglove/protocol/index.js';
import { assignRoles, type Role, type Roles } from './channels/roles.js';
import { serverAddress } from './connection/address.js';
import { Connection, type ConnectionState } from './connection/connection.js';
import { Feeds } from './feeds.js';
import { keyGroups } from './keys.js';
import { type DepthRange, depthRange, SteadyRange } from './model/depth-range.js';
import { Playback } from './model/playback.js';
import { TrackRibbon } from './model/track-ribbon.js';
import { wantedRoles } from './model/wanted.js';
import { ConnectionCard } from './panels/connection-card.js';
import { DepthPanel } from './panels/depth-panel.js';
import { GesturesPanel } from './panels/gestures-panel.js';
import { JointsPanel } from './panels/joints-panel.js';
import { Notices } from './panels/notices.js';
import { PipelinePanel } from './panels/pipeline-panel.js';
import { PresenceBadge } from './panels/presence-badge.js';
import { TimeLine } from './panels/time-line.js';
import type { SceneView } from './scene/scene-view.js';
import { byId, setAttribute, setText } from './ui/element.js';
import { Help } from './ui/help.js';
import { listenToKeys } from './ui/keyboard.js';
import { LayerChips } from './ui/layer-chips.js';
import { type Layer, loadSettings, saveSettings } from './ui/settings.js';
import { Theme } from './ui/theme.js';
import { Visibility } from './ui/visibility.js';

const PANELS = ['panel-depth', 'panel-joints', 'panel-gestures', 'panel-pipeline'] as const;
/** Texts change no more often than this, milliseconds: faster cannot be read. */
const TEXTS_EVERY = 100;

/** Makes the scene, or throws where the browser cannot. */
export type CreateScene = (canvas: HTMLCanvasElement, feeds: Feeds) => SceneView;

/** The page: one server, its messages, and the panels that show them. */
export class App {
  readonly #settings = loadSettings();
  readonly #connection: Connection | undefined;
  readonly #feeds: Feeds;
  readonly #playback = new Playback((request) => this.#connection?.send(request) ?? false);
  readonly #track = new TrackRibbon();
  readonly #range = new SteadyRange();
  readonly #scene: SceneView | undefined;
  readonly #theme: Theme;
  readonly #visibility: Visibility;
  readonly #chips: LayerChips;
  readonly #card: ConnectionCard;
  readonly #notices = new Notices();
  readonly #depthPanel = new DepthPanel();
  readonly #jointsPanel = new JointsPanel();
  readonly #gesturesPanel = new GesturesPanel();
  readonly #pipelinePanel = new PipelinePanel();
  readonly #presence = new PresenceBadge();
  readonly #timeLine = new TimeLine(this.#playback, this.#track);
  #depth: { readonly frame: DepthFrame; readonly range: DepthRange } | undefined;
  #roles: Roles = new Map();
  #wanted: ReadonlySet<Role> = new Set();
  #session: string | undefined;
  /** What the server says of itself. */
  #metadata: Readonly<Record<string, string>> = {};
  #state: ConnectionState = { phase: 'connecting', failures: 0 };
  /** The last connection that there was ended from the other side. */
  #lastClosed = false;
  /** Hands or depth are other than in the last picture. */
  #changed = true;
  #wasStale = false;
  #textsAt = 0;
  #drawnFirst = false;

  constructor(createScene: CreateScene) {
    this.#feeds = new Feeds({
      depth: (frame) => {
        const range = this.#range.follow(depthRange(frame.depth));
        if (range === undefined) return;
        this.#scene?.showDepth(frame.depth, frame.camera, range, frame.frameId);
        this.#depth = { frame, range };
        this.#changed = true;
      },
      cube: (drawing) => this.#scene?.showCube(drawing),
      voxels: (points, frameId) => this.#scene?.showVoxels(points, frameId),
      result: (time, tracked) => {
        this.#playback.onFrame(time);
        const { view } = this.#playback;
        if (view !== undefined) this.#track.mark(Number(time - view.start) / Number(view.end - view.start), tracked);
        this.#changed = true;
      },
    });
    this.#scene = this.#createScene(createScene);
    this.#theme = new Theme(this.#settings, () => {
      this.#scene?.refreshPalette();
      this.#timeLine.refreshPalette();
      this.#changed = true;
    });
    this.#theme.apply();
    this.#chips = new LayerChips(this.#settings.layers, (layer) => this.#toggleLayer(layer));
    for (const id of this.#settings.folded) document.getElementById(id)?.removeAttribute('open');
    this.#visibility = new Visibility([byId('scene'), ...PANELS.map((id) => byId(id))], () => this.#onVisibility());
    this.#bindButtons();
    const address = serverAddress(window.location);
    this.#card = new ConnectionCard(address, () => this.#connection?.connect());
    if (address === undefined) this.#state = { phase: 'refused', reason: 'What follows ?ws= is no WebSocket address.' };
    else this.#connection = this.#connectTo(address);
  }

  start(): void {
    this.#chips.show(this.#roles);
    this.#connection?.connect();
    const tick = (now: number) => {
      this.#tick(now);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    // A background tab draws nothing, but requests still time out.
    setInterval(() => this.#playback.tick(), 500);
  }

  #createScene(create: CreateScene): SceneView | undefined {
    try {
      const scene = create(byId<HTMLCanvasElement>('scene-canvas'), this.#feeds);
      for (const [layer, on] of Object.entries(this.#settings.layers)) scene.setLayer(layer as Layer, on);
      scene.setFollow(this.#settings.follow);
      return scene;
    } catch (error) {
      this.#notices.add('error', `No 3D here: ${error instanceof Error ? error.message : String(error)}`, 'webgl');
      return undefined;
    }
  }

  #connectTo(address: string): Connection {
    return new Connection(address, {
      state: (state) => this.#onState(state),
      info: (info) => this.#onInfo(info),
      channels: (channels) => this.#onChannels(channels),
      message: (channel, data, time) => this.#feeds.receive(channel, data, time, performance.now()),
      time: (time) => this.#playback.onTime(time),
      playback: (state) => {
        const ran = this.#playback.isRunning;
        this.#playback.onState(state);
        if (state.didSeek) this.#feeds.jump();
        if (!ran) this.#feeds.hands.restart(performance.now());
      },
      status: (level, message, id) => this.#notices.add(level, message, id),
      removeStatus: (ids) => this.#notices.remove(ids),
      bad: (error) => this.#feeds.fault(error),
    });
  }

  #onState(state: ConnectionState): void {
    this.#state = state;
    if (state.phase === 'open') this.#lastClosed = false;
    else if (state.phase === 'waiting' && state.wasOpen) this.#lastClosed = true;
    this.#textsAt = 0;
    if (state.phase === 'open') return;
    // Nothing of it is known to be so any more.
    this.#roles = new Map();
    this.#wanted = new Set();
    this.#feeds.clear();
    this.#playback.reset();
    this.#range.clear();
    this.#scene?.clear();
    this.#clearDepth();
    this.#notices.clear();
    this.#chips.show(this.#roles);
    this.#changed = true;
  }

  #onInfo(info: ServerInfo): void {
    this.#playback.onInfo(info);
    if (info.sessionId === undefined || info.sessionId !== this.#session) this.#track.clear();
    this.#session = info.sessionId;
    this.#metadata = info.metadata ?? {};
    const { recording } = this.#metadata;
    setText(byId('source'), recording?.split(/[\\/]/).at(-1) ?? info.name);
  }

  #onChannels(channels: ReadonlyMap<number, Channel>): void {
    this.#roles = assignRoles(channels.values());
    this.#feeds.setRoles(this.#roles);
    this.#chips.show(this.#roles);
    byId('panel-gestures').hidden = !this.#roles.has('gestures');
    this.#subscribe();
  }

  #onVisibility(): void {
    this.#settings.folded = PANELS.filter((id) => !byId<HTMLDetailsElement>(id).open);
    saveSettings(this.#settings);
    this.#feeds.hands.restart(performance.now());
    this.#subscribe();
  }

  /** Ask for what can be seen, and forget what is no longer asked for: it would be old when it is seen again. */
  #subscribe(): void {
    if (this.#connection === undefined) return;
    const { seen, page } = this.#visibility;
    const shown = { page, scene: seen.has('scene'), panels: seen, layers: this.#settings.layers };
    const wanted = wantedRoles(shown);
    const gone = [...this.#wanted].filter((role) => !wanted.has(role));
    this.#wanted = wanted;
    for (const role of gone) this.#forget(role);
    const ids = [...wanted].flatMap((role) => this.#roles.get(role)?.id ?? []);
    this.#connection.want(new Set(ids));
    this.#changed = true;
  }

  #forget(role: Role): void {
    this.#feeds.forget(role);
    if (role === 'depth') this.#clearDepth();
    else if (role === 'voxels') this.#scene?.clearVoxels();
    else if (role === 'cube') this.#scene?.showCube(undefined);
  }

  #clearDepth(): void {
    this.#depth = undefined;
    this.#scene?.clearDepth();
    this.#depthPanel.clear();
  }

  #toggleLayer(layer: Layer): void {
    this.#settings.layers[layer] = !this.#settings.layers[layer];
    this.#scene?.setLayer(layer, this.#settings.layers[layer]);
    saveSettings(this.#settings);
    this.#chips.show(this.#roles);
    this.#subscribe();
  }

  #toggleFollow(): void {
    this.#settings.follow = !this.#settings.follow;
    this.#scene?.setFollow(this.#settings.follow);
    setAttribute(byId('follow'), 'aria-pressed', String(this.#settings.follow));
    saveSettings(this.#settings);
  }

  #toggleTheme(): void {
    this.#theme.toggle();
    saveSettings(this.#settings);
  }

  #bindButtons(): void {
    const targets = {
      playback: this.#playback,
      scene: this.#scene,
      toggleLayer: (layer: Layer) => this.#toggleLayer(layer),
      toggleFollow: () => this.#toggleFollow(),
      toggleTheme: () => this.#toggleTheme(),
      toggleHelp: () => help.toggle(),
    };
    const keys = keyGroups(targets);
    const help = new Help(keys);
    listenToKeys(keys);
    setAttribute(byId('follow'), 'aria-pressed', String(this.#settings.follow));
    byId('follow').addEventListener('click', targets.toggleFollow);
    byId('reset').addEventListener('click', () => this.#scene?.resetView());
    byId('theme').addEventListener('click', targets.toggleTheme);
  }

  /** One picture. */
  #tick(now: number): void {
    const feeds = this.#feeds;
    feeds.drain(now);
    const expecting = this.#state.phase === 'open' && this.#playback.isRunning && this.#wanted.has('joints');
    const presence = feeds.hands.presence(now, expecting);
    const stale = presence === 'stale';
    const { hands } = feeds.hands;
    const { seen } = this.#visibility;
    if (this.#changed || stale !== this.#wasStale || (seen.has('panel-depth') && this.#depthPanel.isResized)) {
      this.#changed = false;
      this.#wasStale = stale;
      this.#scene?.showHands(hands, stale);
      if (seen.has('panel-depth')) {
        if (this.#depth !== undefined) this.#depthPanel.setDepth(this.#depth.frame, this.#depth.range);
        this.#depthPanel.draw(hands, feeds.frames, stale);
      }
      if (seen.has('panel-joints'))
        this.#jointsPanel.show(stale ? undefined : hands[0], presence === 'lost' ? 'no hand' : '', now);
      this.#showPresence(presence, now);
    }
    if (now - this.#textsAt >= TEXTS_EVERY) this.#showTexts(presence, now);
    if (this.#scene?.render()) this.#markDrawn(hands.length > 0);
  }

  #showPresence(presence: ReturnType<Feeds['hands']['presence']>, now: number): void {
    this.#presence.show({
      presence,
      hands: this.#feeds.hands.hands,
      silence: this.#feeds.hands.silence(now),
      connected: this.#state.phase === 'open',
      published: this.#roles.size === 0 || this.#roles.has('joints'),
    });
  }

  #showTexts(presence: ReturnType<Feeds['hands']['presence']>, now: number): void {
    this.#textsAt = now;
    const feeds = this.#feeds;
    const { seen } = this.#visibility;
    this.#card.show(this.#state, this.#lastClosed, now);
    this.#showPresence(presence, now);
    this.#timeLine.show();
    if (seen.has('panel-gestures')) this.#gesturesPanel.show(feeds.gestures);
    if (seen.has('panel-pipeline')) {
      this.#pipelinePanel.show({
        report: feeds.report,
        metadata: this.#metadata,
        rate: this.#state.phase === 'open' && this.#playback.isRunning ? feeds.rate.rate(now) : undefined,
        age: feeds.age > 0n ? Number(feeds.age) / 1e6 : undefined,
        lag: feeds.hands.newest?.lagFrames,
        skipped: feeds.skipped,
        unreadable: feeds.unreadable,
        lastFault: feeds.lastFault,
      });
    }
  }

  /** For tests and measurements: which moment the scene shows, and when the first hand was drawn. */
  #markDrawn(hasHand: boolean): void {
    const { newest } = this.#feeds.hands;
    byId('scene-canvas').dataset.stamp = newest === undefined ? '' : String(newest.stamp);
    if (this.#drawnFirst || !hasHand) return;
    this.#drawnFirst = true;
    performance.mark('voxhand:first-hand');
  }
}
