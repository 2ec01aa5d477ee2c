import type { Inspection } from '../inspection.ts'
import { checkDocument } from './check-document.ts'
import { dialects } from './dialects.ts'

/** Looks at the documents of a file: as what each says to be, and value by value. */
export const checkDocuments = async (documents: readonly unknown[], inspection: Inspection): Promise<void> => {
  for (const document of documents) {
    inspection.budget.checkTime()
    const matching = dialects.filter((dialect) => dialect.matches(document))
    const [first] = matching
    if (first !== undefined) inspection.refine(first.name)
    for (const dialect of matching) await dialect.check(document, inspection)
    checkDocument(document, inspection)
  }
}
