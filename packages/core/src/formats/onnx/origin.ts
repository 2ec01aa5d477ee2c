/** Where a message stood in the bytes that it was read from, and what was read there. */
export interface OriginPlace {
  /** The whole file. */
  readonly file: Uint8Array
  /** The number of the field that held the message; 0 for the model itself. */
  readonly field: number
  /** Where the field's tag stands. */
  readonly tag: number
  readonly start: number
  readonly end: number
  readonly message: Readonly<Record<string, unknown>>
}

/**
 * A message's memory of its bytes. It stands under a symbol, so that a spread copies it and JSON does not; its content
 * is private, so that printing or comparing models does not show it.
 */
export class Origin {
  readonly #place: OriginPlace

  constructor(place: OriginPlace) {
    this.#place = place
  }

  static placeOf(origin: Origin): OriginPlace {
    return origin.#place
  }
}

export const originKey: unique symbol = Symbol('nootropic.onnx.origin')
