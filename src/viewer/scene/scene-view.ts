import {
  BufferGeometry,
  DirectionalLight,
  Float32BufferAttribute,
  Fog,
  Group,
  HemisphereLight,
  LineBasicMaterial,
  LineSegments,
  PerspectiveCamera,
  Scene,
  Spherical,
  Vector3,
  WebGLRenderer,
} from 'three';
import { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
import type { DepthFrame } from '../../depth/depth-frame.js';
import { IDENTITY_TRANSFORM } from '../../geometry/transform.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { ROOT_OF_MIDDLE } from '../../hand/skeleton.js';
import type { BoxPlace, Drawing } from '../channels/drawing.js';
import type { DepthRange } from '../model/depth-range.js';
import type { TrailPiece } from '../model/fingertip-trails.js';
import type { FrameTree } from '../model/frame-tree.js';
import type { JointOnScreen } from '../model/joint-probe.js';
import type { Layer } from '../ui/settings.js';
import { CloudView } from './cloud-view.js';
import { frustumLines, Ground, lines } from './ground.js';
import { HandView } from './hand-view.js';
import { readPalette } from './palette.js';
import { SurfaceView } from './surface-view.js';
import { TrailView } from './trail-view.js';
import { cellEdge, VoxelView } from './voxel-view.js';

/** What one looks at where nothing is known yet: half a metre in front of the camera, in the optical frame. */
const USUAL_TARGET = new Vector3(0, 0, 0.5);
/** From the target, in the upright scene: behind the camera's right shoulder. */
const USUAL_OFFSET = new Vector3(0.28, 0.18, 0.58);
/** A turn and a zoom by one key press. */
const KEY_TURN = Math.PI / 24;
const KEY_ZOOM = 1.12;
/** Share of the way that the view goes after the hand with each picture. */
const FOLLOW = 0.12;

/** One depth camera: its points, and its field of view where it is not the first one, which the ground shows. */
interface CameraInScene {
  readonly group: Group;
  readonly cloud: CloudView;
  readonly view: ReturnType<typeof lines>;
  frameId: string | undefined;
}

/** Of one camera. */
export interface DepthInScene {
  readonly frame: DepthFrame;
  readonly range: DepthRange;
  /** Colour of its points; undefined: by their depth. */
  readonly tint: string | undefined;
}

/** A thing in the scene, in the frame that its message named. */
interface Placed {
  readonly group: Group;
  frameId: string | undefined;
}

/**
 * The 3D scene. Everything lies in the optical frame of the depth camera (x right, y down, z forward), which is turned to
 * stand upright; what comes in other frames is brought there by the transforms.
 */
export class SceneView {
  readonly #frames: FrameTree;
  readonly #canvas: HTMLCanvasElement;
  readonly #renderer: WebGLRenderer;
  readonly #camera = new PerspectiveCamera(40, 1, 0.02, 30);
  readonly #controls: OrbitControls;
  /** Behind, and on top of it: joints lie inside of the hand whose surface the camera sees, and must be seen all the same. */
  readonly #back = new Scene();
  readonly #front = new Scene();
  readonly #cameras: CameraInScene[] = [];
  readonly #allClouds = new Group();
  readonly #hand = new HandView();
  readonly #truth = new HandView({ thickness: 0.55, plain: true });
  readonly #surface = new SurfaceView();
  readonly #trails = new TrailView();
  readonly #measured = new LineSegments(new BufferGeometry(), new LineBasicMaterial());
  readonly #voxels = new VoxelView();
  readonly #ground = new Ground();
  readonly #cube = new LineSegments(new BufferGeometry(), new LineBasicMaterial());
  readonly #placed: Readonly<Record<Layer, Placed>>;
  #cubes: readonly BoxPlace[] = [];
  #shownIn: string | undefined;
  #placedAt = -1;
  #isBefore = false;
  #touched = false;
  #framed = false;
  #following = false;
  #handCentre: Vector3 | undefined;
  #dirty = true;
  #shown: readonly HandJoints[] = [];

  /** @throws Error where the browser has no WebGL 2. */
  constructor(canvas: HTMLCanvasElement, frames: FrameTree, reducedMotion: boolean) {
    this.#frames = frames;
    this.#canvas = canvas;
    this.#renderer = new WebGLRenderer({ canvas, antialias: true, powerPreference: 'high-performance' });
    this.#renderer.autoClear = false;
    this.#renderer.setPixelRatio(Math.min(2, window.devicePixelRatio));
    this.#cube.frustumCulled = false;
    this.#measured.frustumCulled = false;
    this.#measured.renderOrder = 1;
    const place = (scene: Scene, object: Group['children'][number]): Placed => {
      const upright = new Group();
      upright.rotation.x = Math.PI;
      const group = new Group();
      scene.add(upright.add(group.add(object)));
      return { group, frameId: undefined };
    };
    this.#placed = {
      points: place(this.#back, this.#allClouds),
      grid: place(this.#back, this.#ground.object),
      voxels: place(this.#back, this.#voxels.object),
      surface: place(this.#back, this.#surface.object),
      cube: place(this.#front, this.#cube),
      skeleton: place(this.#front, this.#hand.object),
      trails: place(this.#front, this.#trails.object),
      truth: place(this.#front, this.#truth.object),
    };
    this.#placed.skeleton.group.add(this.#measured);
    for (const scene of [this.#back, this.#front]) {
      const light = new DirectionalLight(0xffffff, 1.9);
      light.position.set(0.5, 1, 0.8);
      scene.add(new HemisphereLight(0xffffff, 0x9aa3ad, 1.7), light);
    }
    this.#controls = new OrbitControls(this.#camera, canvas);
    this.#controls.enableDamping = !reducedMotion;
    this.#controls.dampingFactor = 0.12;
    this.#controls.minDistance = 0.06;
    this.#controls.maxDistance = 8;
    this.#controls.zoomToCursor = true;
    this.#controls.addEventListener('start', () => {
      this.#touched = true;
    });
    this.#controls.addEventListener('change', () => {
      this.#dirty = true;
    });
    new ResizeObserver(() => this.#resize()).observe(canvas);
    this.refreshPalette();
    this.resetView();
  }

  /** Take the colours from the style sheet again: another theme. */
  refreshPalette(): void {
    const palette = readPalette();
    this.#renderer.setClearColor(palette.background);
    this.#back.fog = new Fog(palette.background, 1.2, 4);
    this.#cube.material.color.copy(palette.cube);
    this.#measured.material.color.copy(palette.truth);
    const parts = [
      ...this.#cameras.map(({ cloud }) => cloud),
      this.#hand,
      this.#truth,
      this.#surface,
      this.#voxels,
      this.#ground,
    ];
    for (const part of parts) part.setPalette(palette);
    this.#dirty = true;
  }

  setLayer(layer: Layer, on: boolean): void {
    this.#placed[layer].group.visible = on;
    this.#dirty = true;
  }

  setFollow(on: boolean): void {
    this.#following = on;
    this.#dirty = true;
  }

  /** @param followed the id of the hand that the view follows; the middle of all by default */
  showHands(hands: readonly HandJoints[], stale: boolean, followed?: number): void {
    this.#shown = hands;
    this.#hand.show(hands, stale);
    this.#surface.show(this.#placed.surface.group.visible && !stale ? hands : []);
    for (const layer of ['skeleton', 'surface'] as const) this.#place(layer, hands[0]?.frameId);
    const meant = hands.filter(({ handId }) => handId === followed);
    this.#handCentre = hands.length === 0 ? undefined : centre(meant.length > 0 ? meant : hands);
    if (!this.#framed && !this.#touched && this.#handCentre !== undefined) {
      this.#framed = true;
      this.resetView();
    }
    this.#dirty = true;
  }

  /** Ground truth of the moment that the hands are of. */
  showTruth(hands: readonly HandJoints[]): void {
    this.#truth.show(hands, false);
    this.#place('truth', hands[0]?.frameId);
    this.#dirty = true;
  }

  showTrails(pieces: readonly TrailPiece[], frameId: string | undefined): void {
    this.#trails.show(pieces);
    this.#place('trails', frameId);
    this.#dirty = true;
  }

  /** A line between two joints; none by default. */
  showMeasured(points: readonly [ArrayLike<number>, ArrayLike<number>] | undefined): void {
    const ends = points === undefined ? [] : [...Array.from(points[0]), ...Array.from(points[1])];
    this.#measured.geometry.setAttribute('position', new Float32BufferAttribute(ends, 3));
    this.#dirty = true;
  }

  /** Where the joints of the hands are on the canvas, CSS pixels; without those behind the viewer, and none where they are not shown. */
  jointsOnScreen(): JointOnScreen[] {
    if (!this.#placed.skeleton.group.visible) return [];
    return this.#shown.flatMap(({ handId, positions }) =>
      Array.from({ length: positions.length / 3 }, (_, joint) => {
        const at = this.#onScreen(positions.subarray(3 * joint, 3 * joint + 3));
        return at === undefined ? [] : [{ handId, joint, x: at[0], y: at[1] }];
      }).flat(),
    );
  }

  /** Behind the wrist of each hand, as {@link jointsOnScreen}. */
  labelPlaces(): { readonly handId: number; readonly x: number; readonly y: number }[] {
    if (!this.#placed.skeleton.group.visible) return [];
    return this.#shown.flatMap(({ handId, positions: p }) => {
      const behind = [0, 1, 2].map((axis) => p[axis] + 0.3 * (p[axis] - p[3 * ROOT_OF_MIDDLE + axis]));
      const at = this.#onScreen(behind);
      return at === undefined ? [] : [{ handId, x: at[0], y: at[1] }];
    });
  }

  #onScreen([x, y, z]: ArrayLike<number> & Iterable<number>): readonly [number, number] | undefined {
    const point = new Vector3(x, y, z).applyMatrix4(this.#placed.skeleton.group.matrixWorld).project(this.#camera);
    if (!(Math.abs(point.z) <= 1)) return undefined;
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    return [((point.x + 1) / 2) * width, ((1 - point.y) / 2) * height];
  }

  /** @param before whether the points of the cameras lie where these were before a calibration */
  setBefore(before: boolean): void {
    this.#isBefore = before;
    this.#placedAt = -1;
    this.#dirty = true;
  }

  /** @param index the camera's place among all; the scene is in the frame of the first one */
  showDepth({ frame: { depth, camera, frameId }, range, tint }: DepthInScene, index: number): void {
    const one = this.#cameraAt(index);
    const fieldOfView = [camera.width / 2 / camera.fx, camera.height / 2 / camera.fy] as const;
    one.cloud.show(depth, camera, range);
    one.cloud.setTint(tint);
    one.frameId = frameId;
    if (index === 0) {
      this.#ground.setFieldOfView(...fieldOfView);
      this.#place('grid', frameId);
      this.#shownIn = frameId;
    } else {
      one.view.geometry.setAttribute('position', new Float32BufferAttribute(frustumLines(...fieldOfView), 3));
      one.view.material.color.set(tint ?? readPalette().grid);
    }
    this.#placedAt = -1;
    this.#dirty = true;
  }

  #cameraAt(index: number): CameraInScene {
    while (this.#cameras.length <= index) {
      const group = new Group();
      const cloud = new CloudView();
      const view = lines([], {});
      view.frustumCulled = false;
      cloud.setPalette(readPalette());
      cloud.setHeight((this.#canvas.clientHeight * this.#renderer.getPixelRatio()) / 2);
      this.#allClouds.add(group.add(cloud.object, view));
      this.#cameras.push({ group, cloud, view, frameId: undefined });
    }
    return this.#cameras[index];
  }

  /** @param drawing undefined: there is no cube */
  showCube(drawing: Drawing | undefined): void {
    this.#cube.geometry.setAttribute('position', new Float32BufferAttribute(drawing?.lines ?? [], 3));
    this.#cubes = drawing?.boxes ?? [];
    this.#place('cube', drawing?.frameId);
    this.#dirty = true;
  }

  /** @param points centres of occupied voxels, whose axes are the cube's */
  showVoxels(points: Float32Array, frameId: string): void {
    this.#voxels.show(points, cellEdge(points), this.#cubes);
    this.#place('voxels', frameId);
    this.#dirty = true;
  }

  clearDepth(): void {
    for (const { cloud, view } of this.#cameras) {
      cloud.clear();
      view.geometry.deleteAttribute('position');
    }
    this.#dirty = true;
  }

  clearVoxels(): void {
    this.#voxels.clear();
    this.#dirty = true;
  }

  /** Everything that a server has shown. */
  clear(): void {
    this.showHands([], false);
    this.showTruth([]);
    this.showTrails([], undefined);
    this.showMeasured(undefined);
    this.showCube(undefined);
    this.clearVoxels();
    this.clearDepth();
    this.#shownIn = undefined;
  }

  resetView(): void {
    const target = (this.#handCentre ?? USUAL_TARGET).clone();
    this.#controls.target.set(target.x, -target.y, -target.z);
    this.#camera.position.copy(this.#controls.target).add(USUAL_OFFSET);
    this.#controls.update();
    this.#dirty = true;
  }

  /** Turn around the target by key presses, to the right and up. */
  turn(right: number, up: number): void {
    const offset = this.#camera.position.clone().sub(this.#controls.target);
    const spherical = new Spherical().setFromVector3(offset);
    spherical.theta -= right * KEY_TURN;
    spherical.phi = Math.min(Math.PI - 0.05, Math.max(0.05, spherical.phi - up * KEY_TURN));
    this.#moveTo(offset.setFromSpherical(spherical));
  }

  /** @param steps nearer where positive */
  zoom(steps: number): void {
    const offset = this.#camera.position.clone().sub(this.#controls.target);
    this.#moveTo(offset.multiplyScalar(KEY_ZOOM ** -steps));
  }

  /** Draw, if there is anything new. @returns whether it was drawn */
  render(): boolean {
    this.#controls.update();
    if (this.#following && this.#handCentre !== undefined) this.#followHand(this.#handCentre);
    if (!this.#dirty) return false;
    this.#dirty = false;
    this.#placeAll();
    this.#renderer.clear();
    this.#renderer.render(this.#back, this.#camera);
    this.#renderer.clearDepth();
    this.#renderer.render(this.#front, this.#camera);
    return true;
  }

  #moveTo(offset: Vector3): void {
    this.#touched = true;
    this.#camera.position.copy(this.#controls.target).add(offset);
    this.#controls.update();
    this.#dirty = true;
  }

  #followHand({ x, y, z }: Vector3): void {
    const move = new Vector3(x, -y, -z).sub(this.#controls.target).multiplyScalar(FOLLOW);
    if (move.lengthSq() < 1e-10) return;
    this.#controls.target.add(move);
    this.#camera.position.add(move);
    this.#dirty = true;
  }

  #place(layer: Layer, frameId: string | undefined): void {
    const placed = this.#placed[layer];
    if (frameId === undefined || placed.frameId === frameId) return;
    placed.frameId = frameId;
    this.#placedAt = -1;
  }

  /** Without a transform to go by, a thing stays where its numbers put it: most servers have one camera and one frame. */
  #placeAll(): void {
    if (this.#placedAt === this.#frames.version) return;
    this.#placedAt = this.#frames.version;
    for (const { group, frameId } of Object.values(this.#placed)) {
      const to = this.#shownIn ?? frameId;
      const found = frameId === undefined || to === undefined ? undefined : this.#frames.between(frameId, to);
      const { translation, rotation } = found ?? IDENTITY_TRANSFORM;
      group.position.set(...translation);
      group.quaternion.set(...rotation);
    }
    // a further camera is only shown where it is known how it stands to the first one
    for (const [i, { group, frameId = '' }] of this.#cameras.entries()) {
      const found = this.#frames.between(frameId, this.#shownIn ?? frameId, this.#isBefore);
      group.visible = i === 0 || found !== undefined;
      const { translation, rotation } = found ?? IDENTITY_TRANSFORM;
      group.position.set(...translation);
      group.quaternion.set(...rotation);
    }
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (width === 0 || height === 0) return;
    this.#renderer.setSize(width, height, false);
    this.#camera.aspect = width / height;
    // A narrow picture shows as much to the sides as a wide one does in height.
    this.#camera.fov = width < height ? 40 * Math.min(1.6, height / width) : 40;
    this.#camera.updateProjectionMatrix();
    for (const { cloud } of this.#cameras) cloud.setHeight((height * this.#renderer.getPixelRatio()) / 2);
    this.#dirty = true;
    // At once: a canvas that has been resized is empty.
    this.render();
  }
}

/** Of all joints of some hands, at least one. */
function centre(hands: readonly HandJoints[]): Vector3 {
  const sum = new Vector3();
  for (const { positions } of hands)
    for (let i = 0; i < positions.length; i += 3) sum.add(new Vector3().fromArray(positions, i));
  return sum.divideScalar((hands.length * hands[0].positions.length) / 3);
}
