import { BufferAttribute, BufferGeometry, DoubleSide, Group, Mesh, MeshLambertMaterial } from 'three';
import type { HandJoints } from '../../hand/hand-joints.js';
import { handMesh } from '../../synthetic/hand-mesh.js';
import { handSkin } from '../model/hand-skin.js';
import type { ScenePalette } from './palette.js';

const MAX_HANDS = 8;

/** The surface of each hand: a skin that follows the joints, without a forearm. */
export class SurfaceView {
  readonly object = new Group();
  readonly #material = new MeshLambertMaterial({ side: DoubleSide });
  #index: BufferAttribute | undefined;

  /** @param hands none where the surface is not shown: it takes a millisecond for each */
  show(hands: readonly HandJoints[]): void {
    const shown = hands.slice(0, MAX_HANDS);
    while (this.object.children.length < shown.length) this.object.add(this.#create());
    this.object.children.forEach((mesh, i) => {
      mesh.visible = i < shown.length;
      if (mesh.visible && mesh instanceof Mesh) update(mesh.geometry as BufferGeometry, handSkin(shown[i]));
    });
  }

  setPalette({ skin }: ScenePalette): void {
    this.#material.color.copy(skin);
  }

  #create(): Mesh {
    const { vertexCount, faces, firstForearmFace } = handMesh();
    this.#index ??= new BufferAttribute(faces.slice(0, 3 * firstForearmFace), 1);
    const geometry = new BufferGeometry();
    geometry.setIndex(this.#index);
    geometry.setAttribute('position', new BufferAttribute(new Float32Array(3 * vertexCount), 3));
    const mesh = new Mesh(geometry, this.#material);
    mesh.frustumCulled = false;
    return mesh;
  }
}

function update(geometry: BufferGeometry, vertices: Float64Array): void {
  const position = geometry.getAttribute('position') as BufferAttribute;
  position.array.set(vertices);
  position.needsUpdate = true;
  geometry.computeVertexNormals();
}
