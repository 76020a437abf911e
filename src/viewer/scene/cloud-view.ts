import {
  BufferGeometry,
  Color,
  DataTexture,
  FloatType,
  GLSL3,
  NearestFilter,
  Points,
  RedFormat,
  ShaderMaterial,
  Vector2,
  Vector4,
} from 'three';
import type { CameraModel } from '../../depth/depth-frame.js';
import type { DepthRange } from '../model/depth-range.js';
import type { ScenePalette } from './palette.js';

/** More points than this are thinned out evenly. */
const MOST_POINTS = 160_000;

/**
 * Each vertex is a pixel: it reads its depth from a texture and puts itself where the pixel sees. The lens's distortion is
 * left out of account, as in rectified images. A point is as large as the pixel's share of the surface, and shaded by
 * the slope between its neighbours.
 */
const VERTEX = /* glsl */ `
precision highp float;
uniform highp sampler2D depthMap;
uniform vec4 lens;
uniform vec2 range;
uniform ivec2 size;
uniform int stride;
uniform float pixels;
uniform float ambient;
out float share;
out float light;

vec3 at(ivec2 pixel) {
  float z = texelFetch(depthMap, clamp(pixel, ivec2(0), size - 1), 0).r;
  return vec3((vec2(pixel) - lens.zw) / lens.xy * z, z);
}

float slope(vec3 a, vec3 b, float z) {
  return a.z > 0.0 && b.z > 0.0 && abs(a.z - b.z) < 0.05 ? (b.z - a.z) / max(length(b.xy - a.xy), 0.001) : 0.0;
}

void main() {
  int columns = (size.x + stride - 1) / stride;
  ivec2 pixel = ivec2(gl_VertexID % columns, gl_VertexID / columns) * stride;
  vec3 point = at(pixel);
  if (point.z <= 0.0) {
    gl_Position = vec4(0.0, 0.0, 2.0, 1.0);
    gl_PointSize = 0.0;
    return;
  }
  ivec2 right = ivec2(3, 0);
  ivec2 down = ivec2(0, 3);
  float sx = slope(at(pixel - right), at(pixel + right), point.z);
  float sy = slope(at(pixel - down), at(pixel + down), point.z);
  vec3 normal = normalize(vec3(sx, sy, -1.0));
  light = mix(ambient, 1.0, clamp(dot(normal, normalize(vec3(-0.35, -0.6, -0.72))), 0.0, 1.0));
  share = clamp((point.z - range.x) / (range.y - range.x), 0.0, 1.0);
  vec4 seen = modelViewMatrix * vec4(point, 1.0);
  gl_Position = projectionMatrix * seen;
  float metres = 1.5 * float(stride) * point.z / lens.x;
  gl_PointSize = clamp(metres * pixels * projectionMatrix[1][1] / gl_Position.w, 1.0, 12.0);
}
`;

const FRAGMENT = /* glsl */ `
precision highp float;
uniform vec3 near;
uniform vec3 far;
in float share;
in float light;
out vec4 color;

void main() {
  vec2 fromCentre = gl_PointCoord - 0.5;
  if (dot(fromCentre, fromCentre) > 0.25) discard;
  color = vec4(mix(near, far, share) * light, 1.0);
}
`;

/** The depth image as points in space, unprojected by the graphics card. */
export class CloudView {
  readonly object: Points<BufferGeometry, ShaderMaterial>;
  #palette: ScenePalette | undefined;
  #tint: Color | undefined;
  #texture: DataTexture | undefined;

  constructor() {
    const uniforms = {
      depthMap: { value: null },
      lens: { value: new Vector4(1, 1, 0, 0) },
      range: { value: new Vector2(0, 1) },
      size: { value: new Vector2(1, 1) },
      stride: { value: 1 },
      pixels: { value: 400 },
      ambient: { value: 0.5 },
      near: { value: null },
      far: { value: null },
    };
    const material = new ShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      uniforms,
    });
    this.object = new Points(new BufferGeometry(), material);
    this.object.frustumCulled = false;
    this.object.visible = false;
  }

  /** @param depth metres, row by row; it is kept until the next one comes. */
  show(depth: Float32Array, camera: CameraModel, { near, far }: DepthRange): void {
    const { width, height, fx, fy, cx, cy } = camera;
    const { uniforms } = this.object.material;
    if (this.#texture?.image.width !== width || this.#texture.image.height !== height) {
      this.#texture?.dispose();
      this.#texture = new DataTexture(depth, width, height, RedFormat, FloatType);
      this.#texture.minFilter = this.#texture.magFilter = NearestFilter;
      uniforms.depthMap.value = this.#texture;
      uniforms.size.value.set(width, height);
      const stride = Math.ceil(Math.sqrt((width * height) / MOST_POINTS));
      uniforms.stride.value = stride;
      this.object.geometry.setDrawRange(0, Math.ceil(width / stride) * Math.ceil(height / stride));
    }
    (this.#texture.image as { data: Float32Array }).data = depth;
    this.#texture.needsUpdate = true;
    uniforms.lens.value.set(fx, fy, cx, cy);
    uniforms.range.value.set(near, far);
    this.object.visible = true;
  }

  clear(): void {
    this.object.visible = false;
  }

  /** @param pixels half the picture's height */
  setHeight(pixels: number): void {
    this.object.material.uniforms.pixels.value = pixels;
  }

  setPalette(palette: ScenePalette): void {
    this.#palette = palette;
    this.#color();
  }

  /** @param tint of all points; undefined: by their depth */
  setTint(tint: string | undefined): void {
    this.#tint = tint === undefined ? undefined : new Color(tint);
    this.#color();
  }

  #color(): void {
    if (this.#palette === undefined) return;
    const { cloudNear, cloudFar, cloudAmbient } = this.#palette;
    const { ambient, near, far } = this.object.material.uniforms;
    ambient.value = cloudAmbient;
    // The shader writes what is seen, so it gets colours as they are seen.
    near.value = (this.#tint ?? cloudNear).clone().convertLinearToSRGB();
    far.value = (this.#tint ?? cloudFar).clone().convertLinearToSRGB();
  }
}
