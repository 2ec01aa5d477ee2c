import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { markupRules } from './rules.ts'
import type { Element } from './vocabulary.ts'

const includeNamespace = 'http://www.w3.org/2001/XInclude'
const transformNamespace = 'http://www.w3.org/1999/XSL/Transform'
const schemaNamespace = 'http://www.w3.org/2001/XMLSchema-instance'

/** Hosts that publish schemas of models and documents. */
const schemaHost =
  /^https?:\/\/(?:[\w-]{1,60}\.){0,4}(?:w3\.org|dmg\.org|xmlsoap\.org|oasis-open\.org|apache\.org|openvino\.ai|intel\.com|microsoft\.com|kde\.org|inkscape\.org|sourceforge\.net|omg\.org|ogc\.org|opengis\.net|maven\.org|example\.(?:com|org))(?:[/:]|$)/i

/** Scripts in XML run with the document; handlers and addresses only in what browsers show. */
const scriptOf = ({ name, namespace, qualified, path }: Element): string | undefined => {
  if (name.toLowerCase() === 'script') return 'an element of script'
  // A style sheet is a program as a whole; in anything else a transformation is out of place.
  const isStyleSheet = path[0] === 'stylesheet' || path[0] === 'transform'
  if (namespace === transformNamespace && !isStyleSheet) return 'an element of a transformation'
  for (const { name: attribute, value } of qualified) {
    if (/^on[a-z]{3,30}$/i.test(attribute) && /\w\s{0,4}[(=]/.test(value)) return `the handler ${attribute}`
    if (/^\s{0,20}(?:javascript|vbscript):/i.test(value)) return `a script in ${attribute}`
  }
  return undefined
}

const checkSchema = ({ qualified, path }: Element, inspection: Inspection): void => {
  for (const { local, uri, value } of qualified) {
    if (uri !== schemaNamespace || !/^(?:schemaLocation|noNamespaceSchemaLocation)$/.test(local)) continue
    const addresses = value.slice(0, 4000).split(/\s+/)
    const unusual = addresses.find((address) => /^[a-z]{2,10}:\/\//i.test(address) && !schemaHost.test(address))
    // A name without a scheme is a file beside the document, unless it leaves its directory.
    const leaving = addresses.find((address) => /^(?:\/|\\\\|file:)|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(address))
    const found = leaving ?? unusual
    if (found === undefined) continue
    inspection.report({
      rule: markupRules['external-schema'],
      message: `expected a schema of a known host, found ${printable(found)}`,
      inside: path.join('/'),
      evidence: { address: printable(found) },
    })
  }
}

/** Looks at what every XML document may make its reader do. */
export const checkElement = (element: Element, inspection: Inspection): void => {
  const { name, namespace, attributes, path } = element
  if (name === 'include' && namespace === includeNamespace) {
    const found = printable(attributes.get('href') ?? attributes.get('xpointer') ?? '')
    inspection.report({
      rule: markupRules.inclusion,
      message: `expected a document that stands for itself, found an inclusion of ${found}`,
      inside: path.join('/'),
      evidence: { href: found },
    })
  }
  const script = scriptOf(element)
  if (script !== undefined) {
    inspection.report({
      rule: markupRules.script,
      message: `expected data, found ${script}`,
      inside: path.join('/'),
      evidence: { element: printable(name) },
    })
  }
  checkSchema(element, inspection)
}
