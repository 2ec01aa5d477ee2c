/**
 * What a manifest may ask of its reader (CWE-770). Manifests are configuration, but they also come with models and by
 * mail. One of each kind, with comments, takes 24 KiB.
 */
export const manifestLimits = {
  /** Bytes of one file. */
  fileBytes: 256 * 1024,
  /** Documents in one file. */
  documents: 256,
  /** Files of one directory. */
  files: 256,
  /** Problems told of one file; nobody mends more at a time. */
  problems: 512,
  /**
   * Lists and maps inside each other; the deepest kind needs 6. The YAML library recurses, and a few thousand levels
   * end the whole process inside V8 (CWE-674), so the depth is counted before it composes anything.
   */
  depth: 16,
} as const
