import type { Budget } from './budget.ts'
import type { ScanLimits } from './limits.ts'
import type { Sighting } from './rule.ts'
import type { ByteSource } from './source.ts'

/** A content that stands inside another: an entry of an archive, an expanded stream, a template of a configuration. */
export interface Part {
  /** Its name in its container, as a finding shall show it. */
  readonly name: string
  readonly content: ByteSource
  /**
   * What its place says that it is: `weights` are numbers without a format of their own, which only the sweep looks at;
   * with a format's name its reader is used even if the content does not show it.
   */
  readonly expected?: 'weights' | (string & {})
}

/** What the reader of a format is given beside the content. */
export interface Inspection {
  readonly limits: ScanLimits
  readonly budget: Budget
  /** The file, as findings name it. */
  readonly path: string
  /** The directory of the file on this machine, for what a model refers to beside itself; nothing inside a container. */
  readonly directory?: string | undefined
  /** The containers that the content stands in, outermost first. */
  readonly trail: readonly string[]
  report(sighting: Sighting): void
  /** Says what was not looked at, and why: the verdict is then incomplete. */
  incomplete(reason: string): void
  /** Names a dialect of the format: `torch-zip` of `zip`, `tokenizer-config` of `json`. */
  refine(format: string): void
  /** Hands a part to the walker, which finds out what it is. */
  enter(part: Part): Promise<void>
  /** Gathers what comes out of a compressed stream, at the budget's cost, in bounded memory. */
  expand(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<ByteSource>
}
