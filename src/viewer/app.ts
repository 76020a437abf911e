import type { DepthFrame } from '../depth/depth-frame.js';
import type { HandJoints } from '../hand/hand-joints.js';
import type { Channel, ServerInfo } from '../transport/foxglove/protocol/index.js';
import { assignCameras, type CameraChannels } from './channels/cameras.js';
import { assignRoles, type Role, type Roles } from './channels/roles.js';
import { serverAddress } from './connection/address.js';
import { Connection, type ConnectionEvents, type ConnectionState, type Source } from './connection/connection.js';
import { Feeds } from './feeds.js';
import { FileConnection } from './file/file-connection.js';
import { McapFile } from './file/mcap-file.js';
import { keyGroups } from './keys.js';
import { type DepthRange, depthRange, SteadyRange } from './model/depth-range.js';
import type { HandPresence } from './model/hand-store.js';
import { Playback } from './model/playback.js';
import { Recent } from './model/recent.js';
import { TrackRibbon } from './model/track-ribbon.js';
import { wantedRoles } from './model/wanted.js';
import { CameraChips } from './panels/camera-chips.js';
import { ConnectionCard } from './panels/connection-card.js';
import { DepthPanel } from './panels/depth-panel.js';
import { GesturesPanel } from './panels/gestures-panel.js';
import { HandChips } from './panels/hand-chips.js';
import { HistoryPanel } from './panels/history-panel.js';
import { Inspector } from './panels/inspector.js';
import { JointsPanel } from './panels/joints-panel.js';
import { Notices } from './panels/notices.js';
import { PipelinePanel } from './panels/pipeline-panel.js';
import { PresenceBadge } from './panels/presence-badge.js';
import { TimeLine } from './panels/time-line.js';
import { CAMERA_TINTS } from './scene/palette.js';
import type { SceneView } from './scene/scene-view.js';
import { byId, setAttribute, setText } from './ui/element.js';
import { watchForFiles } from './ui/file-drop.js';
import { Help } from './ui/help.js';
import { listenToKeys } from './ui/keyboard.js';
import { LayerChips } from './ui/layer-chips.js';
import { MomentLink } from './ui/moment-link.js';
import { type Layer, loadSettings, saveSettings } from './ui/settings.js';
import { Theme } from './ui/theme.js';
import { Visibility } from './ui/visibility.js';

const PANELS = ['panel-depth', 'panel-joints', 'panel-gestures', 'panel-pipeline', 'panel-history'] as const;
/** Depth images that are kept for results that come later. */
const MOST_FRAMES = 8;
/** Texts change no more often than this, milliseconds: faster cannot be read. */
const TEXTS_EVERY = 100;

/** A depth image as it is shown. */
interface ShownDepth {
  readonly frame: DepthFrame;
  readonly range: DepthRange;
}

/** A depth camera, its latest images, and which of them is shown. */
interface ShownCamera {
  readonly channels: CameraChannels;
  readonly frames: Recent<DepthFrame>;
  readonly range: SteadyRange;
  shown: ShownDepth | undefined;
}

/** Makes the scene, or throws where the browser cannot. */
export type CreateScene = (canvas: HTMLCanvasElement, feeds: Feeds) => SceneView;

/** Said as long as a file is shown. */
const OF_A_FILE =
  'Read in this browser: what was recorded, depth images as points, and results where they are in it. Nothing is tracked here, and nothing is sent.';

/** The page: one server or one file, its messages, and the panels that show them. */
export class App {
  readonly #settings = loadSettings();
  /** Of the server; undefined where what follows ?ws= is no address. */
  readonly #address: string | undefined;
  #connection: Source | undefined;
  readonly #feeds: Feeds;
  readonly #playback = new Playback((request) => this.#connection?.send(request) ?? false);
  readonly #track = new TrackRibbon();
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
  readonly #link = new MomentLink(this.#playback);
  readonly #historyPanel: HistoryPanel;
  readonly #hands = new HandChips(() => {
    this.#changed = true;
  });
  readonly #inspector = new Inspector(
    () => this.#feeds.hands.hands,
    () => {
      this.#changed = true;
    },
  );
  readonly #cameraChips = new CameraChips(() => {
    this.#scene?.setBefore(this.#cameraChips.isBefore);
    for (const camera of this.#cameras) camera.shown = undefined;
    this.#subscribe();
    this.#changed = true;
  });
  #cameras: ShownCamera[] = [];
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
      depth: (frame, camera) => {
        this.#cameras[camera]?.frames.put(frame);
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
    this.#historyPanel = new HistoryPanel(this.#feeds.history, (time) => this.#playback.seek(time));
    this.#scene = this.#createScene(createScene);
    this.#theme = new Theme(this.#settings, () => {
      this.#scene?.refreshPalette();
      this.#timeLine.refreshPalette();
      this.#historyPanel.refreshPalette();
      this.#changed = true;
    });
    this.#theme.apply();
    this.#chips = new LayerChips(this.#settings.layers, (layer) => this.#toggleLayer(layer));
    for (const id of this.#settings.folded) document.getElementById(id)?.removeAttribute('open');
    this.#visibility = new Visibility([byId('scene'), ...PANELS.map((id) => byId(id))], () => this.#onVisibility());
    this.#bindButtons();
    this.#watchPointer();
    watchForFiles((file) => void this.#open(file));
    this.#address = serverAddress(window.location);
    this.#card = new ConnectionCard(this.#address, () => this.#connection?.connect());
    this.#toServer();
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

  /** What comes from the server of this page, from now on. */
  #toServer(): void {
    const address = this.#address;
    if (address === undefined) this.#state = { phase: 'refused', reason: 'What follows ?ws= is no WebSocket address.' };
    this.#connection = address === undefined ? undefined : new Connection(address, this.#events());
    byId('file-note').hidden = true;
  }

  /** A recording that somebody has dropped or chosen, in place of what was shown. */
  async #open(file: File): Promise<void> {
    let opened: McapFile;
    try {
      opened = await McapFile.open(file, file.name);
    } catch (error) {
      this.#notices.add('error', error instanceof Error ? error.message : String(error), 'file');
      return;
    }
    this.#closeSource();
    this.#connection = new FileConnection(opened, this.#events());
    setText(byId('file-note-text'), OF_A_FILE);
    byId('file-note').hidden = false;
    this.#connection.connect();
  }

  #closeFile(): void {
    if (!this.#isFile) return;
    this.#closeSource();
    this.#toServer();
    this.#connection?.connect();
  }

  #closeSource(): void {
    this.#connection?.close();
    this.#lastClosed = false;
    this.#onState({ phase: 'connecting', failures: 0 });
  }

  get #isFile(): boolean {
    return this.#connection instanceof FileConnection;
  }

  #events(): ConnectionEvents {
    return {
      state: (state) => this.#onState(state),
      info: (info) => this.#onInfo(info),
      channels: (channels) => this.#onChannels(channels),
      message: (channel, data, time) => this.#feeds.receive(channel, data, time, performance.now()),
      time: (time) => this.#playback.onTime(time),
      playback: (state) => {
        const ran = this.#playback.isRunning;
        this.#playback.onState(state);
        if (state.didSeek) {
          this.#feeds.jump();
          for (const { frames } of this.#cameras) frames.clear();
        }
        if (!ran) this.#feeds.hands.restart(performance.now());
      },
      status: (level, message, id) => this.#notices.add(level, message, id),
      removeStatus: (ids) => this.#notices.remove(ids),
      bad: (error) => this.#feeds.fault(error),
    };
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
    this.#scene?.clear();
    this.#clearDepth();
    this.#setCameras([]);
    this.#notices.clear();
    this.#chips.show(this.#roles);
    this.#changed = true;
  }

  #onInfo(info: ServerInfo): void {
    this.#playback.onInfo(info);
    if (info.sessionId === undefined || info.sessionId !== this.#session) {
      this.#track.clear();
      this.#feeds.history.clear();
    }
    this.#session = info.sessionId;
    this.#metadata = info.metadata ?? {};
    const { recording } = this.#metadata;
    setText(byId('source'), recording?.split(/[\\/]/).at(-1) ?? info.name);
  }

  #onChannels(channels: ReadonlyMap<number, Channel>): void {
    this.#roles = assignRoles(channels.values());
    const cameras = assignCameras(channels.values(), this.#roles);
    this.#feeds.setRoles(this.#roles, cameras);
    const ids = (some: readonly { readonly channels: CameraChannels }[]) =>
      some.map((one) => `${one.channels.depth.id} ${one.channels.camera.id}`).join();
    if (ids(this.#cameras) !== ids(cameras.map((one) => ({ channels: one })))) this.#setCameras(cameras);
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
    const ids = [...wanted].flatMap((role) => {
      if (role !== 'depth' && role !== 'camera') return this.#roles.get(role)?.id ?? [];
      // the points are those of all cameras, the picture is that of one
      const isPoints = shown.scene && shown.layers.points;
      return this.#cameras
        .filter((_, i) => isPoints || i === this.#cameraChips.chosen)
        .map((one) => one.channels[role].id);
    });
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
    for (const camera of this.#cameras) {
      camera.shown = undefined;
      camera.frames.clear();
    }
    this.#scene?.clearDepth();
    this.#depthPanel.clear();
  }

  #setCameras(cameras: readonly CameraChannels[]): void {
    this.#clearDepth();
    this.#cameras = cameras.map((channels) => ({
      channels,
      frames: new Recent<DepthFrame>(MOST_FRAMES),
      range: new SteadyRange(),
      shown: undefined,
    }));
    this.#cameraChips.set(cameras);
  }

  /** What is shown of the camera whose picture is shown. */
  get #depth(): ShownDepth | undefined {
    return this.#cameras[this.#cameraChips.chosen]?.shown;
  }

  #toggleLayer(layer: Layer): void {
    this.#settings.layers[layer] = !this.#settings.layers[layer];
    this.#scene?.setLayer(layer, this.#settings.layers[layer]);
    saveSettings(this.#settings);
    this.#chips.show(this.#roles);
    this.#changed = true;
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
      nextHand: () => this.#hands.next(this.#feeds.hands.hands),
      endMeasuring: () => this.#inspector.endMeasuring(),
      toggleTheme: () => this.#toggleTheme(),
      toggleHelp: () => help.toggle(),
      openFile: () => byId('file-input').click(),
      copyLink: () => void this.#copyLink(),
    };
    const keys = keyGroups(targets);
    const help = new Help(keys);
    listenToKeys(keys);
    setAttribute(byId('follow'), 'aria-pressed', String(this.#settings.follow));
    byId('follow').addEventListener('click', targets.toggleFollow);
    byId('reset').addEventListener('click', () => this.#scene?.resetView());
    byId('theme').addEventListener('click', targets.toggleTheme);
    for (const id of ['file-open', 'away-file']) byId(id).addEventListener('click', targets.openFile);
    byId('file-close').addEventListener('click', () => this.#closeFile());
    byId('link').addEventListener('click', targets.copyLink);
  }

  /** The link leads to the moment that is shown, so it stays at it. */
  async #copyLink(): Promise<void> {
    if (this.#playback.view === undefined) return;
    const { address } = this.#link;
    this.#playback.pause();
    try {
      await navigator.clipboard.writeText(address);
      this.#notices.add('info', 'The link to this moment is copied; a token is not part of it.', 'link');
    } catch {
      this.#notices.add('info', `The link to this moment is ${address}`, 'link');
    }
  }

  #watchPointer(): void {
    const scene = this.#scene;
    const panel = this.#depthPanel;
    if (scene !== undefined)
      this.#inspector.watch({ element: byId('scene-canvas'), joints: () => scene.jointsOnScreen() });
    this.#inspector.watch({
      element: panel.canvas,
      joints: () => panel.jointsOnScreen(),
      elsewhere: (x, y) => panel.depthText(x, y),
    });
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
      this.#followDepth(presence);
      const truth = this.#truthOf(feeds.hands.newest?.stamp ?? this.#depth?.frame.stamp);
      const { measurement } = this.#inspector;
      this.#showInScene(hands, truth, stale);
      if (seen.has('panel-depth')) {
        if (this.#depth !== undefined) this.#depthPanel.setDepth(this.#depth.frame, this.#depth.range);
        this.#depthPanel.draw(hands, { truth, measurement, frames: feeds.frames, stale });
      }
      if (seen.has('panel-joints')) {
        this.#hands.show(hands);
        const chosen = stale ? undefined : this.#hands.chosen(hands);
        this.#jointsPanel.show(chosen, presence === 'lost' ? 'no hand' : '', now);
      }
      this.#inspector.showMeasure(hands);
      this.#inspector.refresh();
      this.#showPresence(presence, now);
    }
    if (now - this.#textsAt >= TEXTS_EVERY) this.#showTexts(presence, now);
    if (this.#scene?.render()) {
      this.#inspector.showLabels(hands, this.#scene.labelPlaces());
      this.#markDrawn(hands.length > 0);
    }
  }

  /**
   * The depth images of the moment that the hands are of: results come later than their images. Where none come, or so late that their
   * image is gone, the newest one. Of several cameras a moment is that of the first one; the others' stamps lie a little beside it.
   */
  #followDepth(presence: HandPresence): void {
    const stamp = this.#feeds.hands.newest?.stamp;
    const waits = stamp !== undefined && (presence === 'tracked' || presence === 'lost') && this.#playback.isRunning;
    for (const [i, camera] of this.#cameras.entries()) {
      const { frames } = camera;
      const then = waits ? (i === 0 ? frames.upTo(stamp) : frames.nearest(stamp)) : undefined;
      const frame = then ?? frames.newest;
      if (frame === undefined || frame === camera.shown?.frame) continue;
      const range = camera.range.follow(depthRange(frame.depth));
      if (range === undefined) continue;
      camera.shown = { frame, range };
      const tint = this.#cameraChips.isTinted ? CAMERA_TINTS[i % CAMERA_TINTS.length] : undefined;
      this.#scene?.showDepth({ frame, range, tint }, i);
    }
  }

  /** Ground truth of this moment, where it is shown. */
  #truthOf(stamp: bigint | undefined): readonly HandJoints[] {
    if (stamp === undefined || !this.#settings.layers.truth) return [];
    return this.#feeds.truth.at(stamp).filter(({ tracked }) => tracked);
  }

  #showInScene(hands: readonly HandJoints[], truth: readonly HandJoints[], stale: boolean): void {
    const scene = this.#scene;
    if (scene === undefined) return;
    const { trails } = this.#feeds;
    scene.showHands(hands, stale, this.#hands.asked(hands));
    scene.showTruth(truth);
    const pieces = this.#settings.layers.trails ? trails.pieces(hands.map(({ handId }) => handId)) : [];
    scene.showTrails(pieces, hands[0]?.frameId);
    scene.showMeasured(this.#inspector.measurement.points(hands));
  }

  #showPresence(presence: ReturnType<Feeds['hands']['presence']>, now: number): void {
    this.#presence.show({
      presence,
      hands: this.#feeds.hands.hands,
      silence: this.#feeds.hands.silence(now),
      connected: this.#state.phase === 'open',
      published: this.#roles.size === 0 || this.#roles.has('joints'),
      fromFile: this.#isFile,
    });
  }

  #showTexts(presence: ReturnType<Feeds['hands']['presence']>, now: number): void {
    this.#textsAt = now;
    this.#cameraChips.setBefore(this.#feeds.frames.hasBefore);
    const feeds = this.#feeds;
    const { seen } = this.#visibility;
    this.#card.show(this.#state, this.#lastClosed, now, this.#isFile);
    this.#showPresence(presence, now);
    this.#timeLine.show();
    this.#link.refresh();
    if (seen.has('panel-history')) this.#historyPanel.show(this.#playback.view, now);
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
