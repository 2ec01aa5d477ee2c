import { SaxesParser } from 'saxes'
import type { Format, Recognition, Sample } from '../format.ts'
import type { Inspection } from '../inspection.ts'
import { checkDocumentType } from '../markup/document-type.ts'
import { printable } from '../rule.ts'
import type { ByteSource } from '../source.ts'
import { openingOf, readChunks } from '../text/decode.ts'
import { readStructure, StructureError, tooLarge } from '../wire/byte-cursor.ts'
import { modelsRules } from './rules.ts'

/** The root element, behind declaration, comments and document type. */
const opening =
  /^\uFEFF?(?:\s|<\?[^>]*\?>|<!--(?:[^-]|-(?!->))*-->|<!DOCTYPE\s+svg\b[^[>]*(?:\[[^\]]*\]\s*)?>)*<(?:svg:)?svg[\s>/]/i

const recogniseSvg = (sample: Sample): Recognition => {
  const text = openingOf(sample)
  return text !== undefined && opening.test(text) ? 'likely' : undefined
}

/** Elements inside one another (CWE-674); drawings group a handful. */
const maximumDepth = 1000
/** Elements of one drawing, and mistakes in it that are passed over (CWE-770). */
const maximumElements = 1_000_000
const maximumFaults = 100

/** What cannot be read as XML. */
class Unreadable extends Error {}

const activeElements: ReadonlySet<string> = new Set(['script', 'handler', 'iframe', 'embed', 'object'])
/** Attributes that hold an address that a viewer follows. */
const addressAttributes: ReadonlySet<string> = new Set(['href', 'xlink:href', 'src', 'from', 'to', 'values'])
const scriptAddress = /^[\s\0]*(?:javascript|vbscript|data\s*:\s*text\/html)/i

/** What an element makes a viewer do, or nothing. */
const activeParts = (name: string, attributes: Readonly<Record<string, unknown>>): readonly string[] => {
  const parts = activeElements.has(name.split(':').at(-1)?.toLowerCase() ?? '') ? [`an element ${printable(name)}`] : []
  for (const [attribute, value] of Object.entries(attributes)) {
    if (/^on[a-z]+$/i.test(attribute)) parts.push(`the handler ${printable(attribute)}`)
    else if (addressAttributes.has(attribute.toLowerCase()) && scriptAddress.test(String(value))) {
      parts.push(`a script in ${printable(attribute)}`)
    }
  }
  return parts
}

const inspectSvg = (content: ByteSource, inspection: Inspection): void => {
  const parser = new SaxesParser()
  let faults = 0
  let elements = 0
  let depth = 0
  parser.on('error', ({ message }) => {
    faults += 1
    // An entity that is not declared hides nothing.
    if (/undefined entity/i.test(message) && faults < maximumFaults) return
    throw new Unreadable(message)
  })
  parser.on('doctype', (declaration) => checkDocumentType(declaration, inspection))
  parser.on('opentag', ({ name, attributes }) => {
    elements += 1
    if (elements > maximumElements) throw tooLarge(`${maximumElements} elements`)
    depth += 1
    if (depth > maximumDepth)
      throw new StructureError(parser.position, `expected at most ${maximumDepth} elements inside`)
    for (const part of activeParts(name, attributes)) {
      const message = `expected shapes, found ${part}`
      inspection.report({ rule: modelsRules['svg-script'], message, offset: parser.position })
    }
  })
  parser.on('closetag', () => {
    depth -= 1
  })
  try {
    readStructure(inspection, modelsRules.malformed, () => {
      const isText = readChunks(content, (chunk) => {
        inspection.budget.checkTime()
        parser.write(chunk)
      })
      if (!isText) throw new Unreadable('what opens as text goes on as something else')
      parser.close()
    })
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    // A viewer of HTML goes on where one of XML stops: what stands behind is not known to be harmless.
    inspection.incomplete(`not well-formed as SVG: ${printable(error.message)}`)
  }
}

/** A drawing in SVG. */
export const svgFormat: Format = { name: 'svg', title: 'SVG drawing', recognise: recogniseSvg, inspect: inspectSvg }
