import type { License } from './cyclonedx.ts'
import { isAddress, plainText, plainTexts } from './text.ts'

/** The SPDX ids among the licences that the Hugging Face hub knows, which writes them in lower case. */
export const spdxIds =
  `AFL-3.0 AGPL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause
  BSD-3-Clause-Clear BSL-1.0 C-UDA-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 CC-BY-NC-2.0 CC-BY-NC-3.0 CC-BY-NC-4.0
  CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0
  CC0-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0 CDLA-Sharing-1.0 ECL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 GPL-2.0
  GPL-2.0-only GPL-2.0-or-later GPL-3.0 GPL-3.0-only GPL-3.0-or-later ISC LGPL-2.1 LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0
  LGPL-3.0-only LGPL-3.0-or-later LGPLLR LPPL-1.3c MIT MPL-2.0 MS-PL NCSA ODC-By-1.0 ODbL-1.0 OFL-1.1 OSL-3.0 PDDL-1.0
  PostgreSQL Unlicense WTFPL Zlib etalab-2.0`.split(/\s+/)

/** Names of the hub for licences that SPDX names otherwise. */
const hubNames: Readonly<Record<string, string>> = {
  'c-uda': 'C-UDA-1.0',
  'lgpl-lr': 'LGPLLR',
  'odc-by': 'ODC-By-1.0',
  odbl: 'ODbL-1.0',
  pddl: 'PDDL-1.0',
}

const spdxByName: ReadonlyMap<string, string> = new Map([
  ...spdxIds.map((id) => [id.toLowerCase(), id] as const),
  ...Object.entries(hubNames),
])

/**
 * The licences that the front matter of a model card declares: `license`, and for `license: other` its `license_name`
 * and `license_link`.
 */
export const licensesOf = (card: Readonly<Record<string, unknown>>): License[] =>
  plainTexts(card.license).map((declared) => {
    const id = spdxByName.get(declared.toLowerCase())
    if (id !== undefined) return { license: { id, acknowledgement: 'declared' } }
    const name = plainText(card.license_name) ?? declared
    const link = plainText(card.license_link)
    const url = link !== undefined && isAddress(link) ? { url: link } : {}
    return { license: { name, ...url, acknowledgement: 'declared' } }
  })
