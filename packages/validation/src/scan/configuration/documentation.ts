import { isRecord } from './walk.ts'

/** Whether a document is a notebook: its cells are programs and what they printed. */
export const isNotebook = (document: unknown): boolean =>
  isRecord(document) && Array.isArray(document.cells) && typeof document.nbformat === 'number'

/** Whether a document is a schema: its texts explain, and show what they forbid. */
export const isJsonSchema = (document: unknown): boolean =>
  isRecord(document) &&
  ('$defs' in document || 'definitions' in document || 'properties' in document) &&
  (typeof document.$schema === 'string' || document.type === 'object')
