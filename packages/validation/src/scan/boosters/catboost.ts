import { isRecord } from '../configuration/walk.ts'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from '../text/check-text.ts'
import { boosterRules } from './rules.ts'
import { checkFinite, checkLengths, reportSize } from './tree.ts'

/** `CBM1`, and the length of the flatbuffer behind it. */
const headerLength = 8

/** Texts of the model's parameters, which stand at the end of its flatbuffer, are looked at in this much of it. */
const maximumTextRange = 1 << 22

/** A run of characters that may be a text. */
const printableRun = /[\t\n\r\x20-\x7e]{16,}/g

/** Reads the frame of a CatBoost model: the flatbuffer's table of fields must lie inside it. */
export const inspectCatboost = (content: ByteSource, inspection: Inspection): void => {
  const header = content.read(0, headerLength + 4)
  if (header.length < headerLength + 4) {
    reportSize('the model', headerLength + 4, content.size, 0, inspection)
    return
  }
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength)
  const size = view.getUint32(4, true)
  const available = content.size - headerLength
  if (size > available || size < 8) {
    reportSize('the core of the model', size, available, 4, inspection)
    return
  }
  const root = view.getUint32(headerLength, true)
  if (root > size - 4) {
    reportSize('the root of the core', root, size, headerLength, inspection)
    return
  }
  const tableAt = headerLength + root
  const table = content.read(tableAt, 4)
  const distance = new DataView(table.buffer, table.byteOffset, table.byteLength).getInt32(0, true)
  // A flatbuffer's table stands before or behind the list of its fields, by a signed distance.
  if (root - distance < 0 || root - distance > size - 4) {
    reportSize('the fields of the core', root - distance, size, tableAt, inspection)
    return
  }
  const texts = Buffer.from(content.read(headerLength, Math.min(size, maximumTextRange))).toString('latin1')
  for (const [text] of texts.matchAll(printableRun)) checkText(text, 'metadata', inspection)
}

/** Whether a document is a CatBoost model in JSON. */
export const isCatboostDocument = (document: unknown): boolean =>
  isRecord(document) && Array.isArray(document.oblivious_trees) && isRecord(document.features_info)

/** Trees of CatBoost are at most 16 deep: a leaf for each way through. */
const maximumTreeDepth = 16

/** Looks at a CatBoost model in JSON. */
export const checkCatboostDocument = (document: unknown, inspection: Inspection): void => {
  if (!isRecord(document) || !Array.isArray(document.oblivious_trees)) return
  const information = isRecord(document.features_info) ? document.features_info : {}
  const features = Array.isArray(information.float_features) ? information.float_features.length : 0
  for (const [index, tree] of document.oblivious_trees.entries()) {
    if (!isRecord(tree)) continue
    inspection.budget.checkTime()
    const inside = `oblivious_trees.${index}`
    const splits = Array.isArray(tree.splits) ? tree.splits : []
    const leaves = 2 ** Math.min(splits.length, maximumTreeDepth + 1)
    if (Array.isArray(tree.leaf_values)) {
      // A model of several outputs keeps as many values at each leaf.
      const outputs = Math.max(1, Math.round(tree.leaf_values.length / leaves))
      checkLengths({ leaf_values: [tree.leaf_values.length, leaves * outputs] }, inside, inspection)
      checkFinite(tree.leaf_values as number[], inside, inspection)
    }
    for (const split of splits.filter(isRecord)) {
      const feature = split.float_feature_index
      if (typeof feature !== 'number' || (feature >= 0 && feature < features)) continue
      inspection.report({
        rule: boosterRules['feature-out-of-range'],
        message: `expected a split on one of ${features} features, found feature ${feature}`,
        inside,
        evidence: { feature, features },
      })
    }
  }
}
