import type { Inspection } from '../inspection.ts'
import { excerpt } from './indicator.ts'
import { textRules } from './rules.ts'

/**
 * A cell that spreadsheets take for a formula and that reaches out of the sheet: dynamic data exchange starts a program,
 * the others fetch an address with cells in it.
 */
const formula =
  /(?:^|[\n,;\t])"{0,3}[=+\-@][ \t]{0,4}(?:[A-Za-z]{2,20}\|[^\n!]{1,200}![A-Za-z$0-9]|[^\n,;\t]{0,40}?(?:HYPERLINK|WEBSERVICE|IMPORTXML|IMPORTDATA|IMPORTFEED|DDE|CALL|REGISTER\.ID)[ \t]{0,4}\()/i

/** Reports formulas in delimited values (CWE-1236). */
export const checkFormulas = (text: string, inspection: Inspection): void => {
  const match = formula.exec(text)
  if (match === null) return
  const found = excerpt(match[0].trim())
  inspection.report({
    rule: textRules['spreadsheet-formula'],
    message: `expected a value, found a formula that reaches out of its sheet: ${found}`,
    evidence: { found },
  })
}
