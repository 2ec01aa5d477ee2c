import type { SaxesAttributeNS } from 'saxes'
import type { Inspection } from '../inspection.ts'

/** An element as a check sees it when it opens. */
export interface Element {
  /** Without prefix. */
  readonly name: string
  /** The namespace's address, or nothing. */
  readonly namespace: string
  /** Values by local names; where two prefixes give one name, both stand in `qualified`. */
  readonly attributes: ReadonlyMap<string, string>
  readonly qualified: readonly SaxesAttributeNS[]
  /** Names of the elements around it, outermost first. */
  readonly path: readonly string[]
}

/** A kind of XML document: what names it, and what is looked at in it beside what every XML document may do. */
export interface Vocabulary {
  /** Stable name, as it stands in `report.subject.format`. */
  readonly name: string
  /** Whether a document with this root is one. */
  matches(root: Element): boolean
  /** What looks at its elements, in document order; one for each document. */
  createCheck(inspection: Inspection): (element: Element) => void
}
