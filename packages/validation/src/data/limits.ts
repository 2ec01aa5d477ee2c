/** What reading a dataset may cost. Data come from strangers as models do. */
export interface DataLimits {
  /** Files of a folder (CWE-770). */
  readonly files: number
  /** Bytes of one encoded picture (CWE-789). */
  readonly pictureBytes: number
  /** Pixels of one picture: a file of some kilobytes can claim billions (CWE-409). */
  readonly pixels: number
  /** Bytes of a JSON document, of one line, or of a file of labels, which are parsed whole (CWE-789). */
  readonly textBytes: number
  /** Bytes that one array of an archive may expand to; they are gone through, never held (CWE-409). */
  readonly expandedBytes: number
  /** Bytes of all examples that are held in memory together (CWE-789). */
  readonly heldBytes: number
}

/** The limits where a declaration names no others. */
export const dataLimits: DataLimits = {
  files: 2 ** 20,
  pictureBytes: 2 ** 26,
  pixels: 2 ** 26,
  textBytes: 2 ** 27,
  expandedBytes: 2 ** 34,
  heldBytes: 2 ** 30,
}
