import { type Format, hasMagic, type Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { createByteCursor, readStructure, StructureError } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

const magic = 'SQLite format 3\0'

/** The schema stands from the first page on; definitions beyond this are looked at by nobody who opens the file. */
const searchedLength = 2 ** 22

/** Functions of SQL that load a library or write and read files. */
const reachingSql = /\b(?:load_extension|writefile|readfile|fts3_tokenizer|edit)\s*\(/i
const definition = /CREATE\s+(?:TEMP\w*\s+)?(?:TRIGGER|VIEW)\b[^\0]{0,4000}/gi

const inspectSqlite = (content: ByteSource, inspection: Inspection): void => {
  readStructure(inspection, modelsRules.malformed, () => {
    const cursor = createByteCursor(content, { start: magic.length, isLittleEndian: false })
    const written = cursor.u16()
    const pageSize = written === 1 ? 65536 : written
    if (pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) {
      throw new StructureError(magic.length, `expected a page size that is a power of two, found ${pageSize}`)
    }
  })
  const text = Buffer.from(content.read(0, searchedLength)).toString('latin1')
  for (const found of text.matchAll(definition)) {
    const call = reachingSql.exec(found[0])
    if (call === null) continue
    inspection.report({
      rule: modelsRules['sqlite-reaching-definition'],
      message: `expected tables, found a trigger or view that calls ${call[0].replace(/\s*\($/, '')}`,
      offset: found.index,
    })
  }
}

/** A database of SQLite, which vector stores and Python's dbm use. */
export const sqliteFormat: Format = {
  name: 'sqlite',
  title: 'SQLite database',
  recognise: ({ head }: Sample) => (hasMagic(head, magic) ? 'certain' : undefined),
  inspect: inspectSqlite,
}
