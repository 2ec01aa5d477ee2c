import { SaxesParser } from 'saxes'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from '../text/check-text.ts'
import { readChunks } from '../text/decode.ts'
import { checkElement } from './check-element.ts'
import { checkDocumentType } from './document-type.ts'
import { openvino, openvinoKernels } from './openvino.ts'
import { pmml } from './pmml.ts'
import { markupRules } from './rules.ts'
import type { Element, Vocabulary } from './vocabulary.ts'

const vocabularies: readonly Vocabulary[] = [openvino, openvinoKernels, pmml]

/** Elements inside one another (CWE-674). Trees of PMML are as deep as the tree. */
const maximumDepth = 1000

/** Attributes of one element, which the parser holds until it ends (CWE-770). A layer has a few dozen. */
const maximumAttributes = 4096

/** Names that attributes of a document have; the parser makes a type of its own of each (CWE-770). */
const maximumAttributeNames = 1 << 14

/** Bytes that an element takes on average; a million of fewer are there to be slow (CWE-400). */
const minimumElementLength = 8
const unsuspiciousElements = 1 << 20

/** Characters before the first element: a document type, which the parser holds (CWE-789). */
const maximumProlog = 1 << 22

/** Characters of a name in a path. */
const maximumShown = 200

const none: ReadonlyMap<string, string> = new Map()

/** Elements between two looks at the time. */
const elementsPerCheck = 1 << 10

/** Names that are not declared; each costs the parser an error (CWE-400). */
const maximumTolerated = 1000

/** A reason to stop: what follows was not read. */
class Stopped extends Error {}

const activeInstruction = /^(?:xml-stylesheet|php|asp|jsp|xml-transform)$/i

const checkInstruction = (target: string, body: string, inspection: Inspection): void => {
  if (!activeInstruction.test(target)) return
  // A cascading style sheet only draws.
  if (target === 'xml-stylesheet' && /type\s{0,4}=\s{0,4}["']text\/css["']/.test(body)) return
  inspection.report({
    rule: markupRules['active-instruction'],
    message: `expected a document, found the instruction ${printable(target)} ${printable(body)}`,
    evidence: { target: printable(target), body: printable(body) },
  })
}

/**
 * Reads XML as a stream, without expanding an entity or fetching anything, and looks at its elements.
 *
 * @throws Stopped inside only; what is not well-formed leaves the verdict incomplete.
 */
export const inspectXml = (content: ByteSource, inspection: Inspection): void => {
  const parser = new SaxesParser({ xmlns: true, position: false })
  const path: string[] = []
  let elements = 0
  let prolog = 0
  let attributesOfElement = 0
  const attributeNames = new Set<string>()
  const maximumElements = Math.max(unsuspiciousElements, content.size / minimumElementLength)
  let check: ((element: Element) => void) | undefined
  let tolerated = 0
  let fault: string | undefined

  parser.on('error', (error) => {
    // A namespace or an entity that is not declared hides nothing: parsers differ in whether they go on.
    const isTolerated = /undefined entity|unbound namespace prefix/i.test(error.message)
    if (isTolerated) tolerated += 1
    if (!isTolerated || tolerated > maximumTolerated) fault ??= error.message
  })
  parser.on('doctype', (declaration) => checkDocumentType(declaration, inspection))
  parser.on('processinginstruction', ({ target, body }) => checkInstruction(target, body, inspection))
  parser.on('comment', (text) => checkText(text, 'prose', inspection, path.join('/')))
  parser.on('attribute', ({ name }) => {
    attributesOfElement += 1
    attributeNames.add(name)
    if (attributesOfElement > maximumAttributes) throw new Stopped(`more than ${maximumAttributes} attributes`)
    if (attributeNames.size > maximumAttributeNames)
      throw new Stopped(`more than ${maximumAttributeNames} names of attributes`)
  })
  parser.on('opentag', ({ local, uri, attributes }) => {
    elements += 1
    attributesOfElement = 0
    if (elements > maximumElements) throw new Stopped(`more than ${Math.floor(maximumElements)} elements`)
    if (elements % elementsPerCheck === 0) inspection.budget.checkTime()
    if (path.length >= maximumDepth) {
      inspection.report({
        rule: markupRules['deep-nesting'],
        message: `expected at most ${maximumDepth} elements inside one another, found more`,
        evidence: { depth: maximumDepth },
      })
      throw new Stopped('its elements are nested too deeply')
    }
    const qualified = Object.values(attributes)
    const element: Element = {
      name: local,
      namespace: uri,
      attributes:
        qualified.length === 0 ? none : new Map(qualified.map((attribute) => [attribute.local, attribute.value])),
      qualified,
      path,
    }
    if (path.length === 0) {
      const vocabulary = vocabularies.find((candidate) => candidate.matches(element))
      if (vocabulary !== undefined) inspection.refine(vocabulary.name)
      check = vocabulary?.createCheck(inspection)
    }
    // A name of XML has no control characters.
    path.push(local.slice(0, maximumShown))
    checkElement(element, inspection)
    check?.(element)
  })
  parser.on('closetag', () => {
    path.pop()
  })

  try {
    const isText = readChunks(content, (text) => {
      inspection.budget.checkTime()
      prolog += elements === 0 ? text.length : 0
      if (prolog > maximumProlog) throw new Stopped(`more than ${maximumProlog} characters before the first element`)
      parser.write(text)
      if (fault !== undefined) throw new Stopped(fault)
    })
    if (!isText) throw new Stopped('it goes on as something that is no text')
    parser.close()
    if (fault !== undefined) throw new Stopped(fault)
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    inspection.incomplete(`the XML was not read to its end: ${error.message}`)
  }
}
