/** Points that were seen, and of each the vertex of the skin that it is compared with. */
export class SeenPoints {
  count = 0;
  /** x, y, z, metres. */
  readonly place: Float64Array;
  readonly vertex: Uint16Array;
  #keptCount = 0;
  readonly #keptPlace: Float64Array;
  readonly #keptVertex: Uint16Array;

  /** @param most points at most */
  constructor(most: number) {
    this.place = new Float64Array(3 * most);
    this.vertex = new Uint16Array(most);
    this.#keptPlace = new Float64Array(3 * most);
    this.#keptVertex = new Uint16Array(most);
  }

  /** Keep all of it, and take it back. */
  keep(): void {
    this.#keptCount = this.count;
    this.#keptPlace.set(this.place);
    this.#keptVertex.set(this.vertex);
  }

  restore(): void {
    this.count = this.#keptCount;
    this.place.set(this.#keptPlace);
    this.vertex.set(this.#keptVertex);
  }
}

/**
 * The residuals of a hand in one state, one after another: what is seen lies `value` farther along the unit vector `normal` than the place of
 * the hand that it belongs to. Arrays are made once.
 */
export class Residuals {
  count = 0;
  readonly most: number;
  /** x, y, z, metres. */
  readonly place: Float64Array;
  readonly normal: Float64Array;
  readonly value: Float64Array;
  readonly weight: Float64Array;
  /** The chain that carries the place, -1 for the palm; how many of its angles, from the first on, move it. */
  readonly chain: Int8Array;
  readonly moving: Uint8Array;
  /** Bones of the chain before the place, and the share of the next one. */
  readonly bones: Uint8Array;
  readonly along: Float64Array;
  /** Of the skin, or -1: then the place follows all turns as a whole. */
  readonly vertex: Int16Array;

  /** @param most residuals at most */
  constructor(most: number) {
    this.most = most;
    this.place = new Float64Array(3 * most);
    this.normal = new Float64Array(3 * most);
    this.value = new Float64Array(most);
    this.weight = new Float64Array(most);
    this.chain = new Int8Array(most);
    this.moving = new Uint8Array(most);
    this.bones = new Uint8Array(most);
    this.along = new Float64Array(most);
    this.vertex = new Int16Array(most);
  }
}
