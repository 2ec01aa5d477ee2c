/** How a session keeps its workers. */
export interface PoolOptions {
  /** Runs at the same time, each in a process of its own that holds the whole model. */
  readonly workers: number
  /** Workers beside them that wait with the model loaded, so that a death costs nobody the time of a start. */
  readonly spare: number
  /** Whether requests that wait may be run as one, where that is proved to change no answer and measured to be faster. */
  readonly batching: boolean
  /** Milliseconds between two looks at what the workers use, which are told as events; 0 for none. */
  readonly usageMs: number
}

/** For a laptop of two cores: one worker and its spare. A model that fills the memory wants `spare: 0`. */
export const defaultPoolOptions: PoolOptions = { workers: 1, spare: 1, batching: true, usageMs: 10_000 }
