import type { Format } from '../format.ts'
import { openingOf } from '../text/decode.ts'
import { inspectXml } from './read-xml.ts'

/** A declaration, a document type, or an element that can be told by its name or namespace. */
const opensLikeXml =
  /^\s{0,200}(?:<\?xml\s|<!DOCTYPE\s|<\?xml-stylesheet\s|<(?:[A-Za-z_][\w.-]{0,60}:)?(?:net|PMML|CustomLayers?)[\s/>]|<[A-Za-z_][\w.:-]{0,80}\s{1,40}xmlns(?::\w{1,40})?\s{0,4}=)/

/** XML: OpenVINO, PMML and others; pages and drawings are another room's. */
export const markupFormats: readonly Format[] = [
  {
    name: 'xml',
    title: 'XML',
    recognise: (sample) => (opensLikeXml.test(openingOf(sample) ?? '') ? 'likely' : undefined),
    inspect: inspectXml,
  },
]
