import type { Inspection } from '../inspection.ts'
import { boosterRules } from './rules.ts'

/** Numbers of a document: of JSON, or of a typed array of UBJSON. */
export type Numbers = ArrayLike<number>

/** A tree as every booster keeps it. */
export interface Tree {
  /** Where it stands, as a finding shall show it. */
  readonly inside: string
  readonly nodes: number
  /** The nodes below a node; none below a leaf. */
  childrenOf(node: number): readonly number[]
  /** The feature that a node splits on; nothing at a leaf. */
  featureOf(node: number): number | undefined
}

/**
 * Follows a tree from its root: each node must be there and be reached once, and split on a feature of the model.
 *
 * @param features how many the model has, or nothing where it does not say.
 */
export const checkTree = (tree: Tree, features: number | undefined, inspection: Inspection): void => {
  const { inside, nodes } = tree
  if (nodes === 0) return
  const seen = new Uint8Array(nodes)
  const waiting = [0]
  seen[0] = 1
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const feature = tree.featureOf(node)
    if (feature !== undefined && features !== undefined && !(feature >= 0 && feature < features)) {
      inspection.report({
        rule: boosterRules['feature-out-of-range'],
        message: `expected node ${node} to split on one of ${features} features, found feature ${feature}`,
        inside,
        evidence: { node, feature, features },
      })
      return
    }
    for (const child of tree.childrenOf(node)) {
      const isThere = Number.isInteger(child) && child >= 0 && child < nodes
      if (isThere && seen[child] === 0) {
        seen[child] = 1
        waiting.push(child)
        continue
      }
      inspection.report({
        rule: boosterRules[isThere ? 'tree-cycle' : 'child-out-of-range'],
        message: isThere
          ? `expected each node to be reached once, found node ${child} again below node ${node}`
          : `expected children among ${nodes} nodes, found ${child} below node ${node}`,
        inside,
        evidence: { node, child: String(child), nodes },
      })
      return
    }
  }
}

/** Reports arrays of a tree that have another length than it needs. */
export const checkLengths = (
  lengths: Readonly<Record<string, readonly [found: number | undefined, expected: number]>>,
  inside: string,
  inspection: Inspection,
): boolean => {
  const wrong = Object.entries(lengths).filter(([, [found, expected]]) => found !== undefined && found !== expected)
  for (const [name, [found = 0, expected]] of wrong) {
    inspection.report({
      rule: boosterRules['array-length'],
      message: `expected ${expected} values of ${name}, found ${found}`,
      inside,
      evidence: { name, expected, found },
    })
  }
  return wrong.length === 0
}

/** Reports a tree whose output is none of the model's. */
export const checkClass = (found: number, classes: number, inside: string, inspection: Inspection): void => {
  if (Number.isInteger(found) && found >= 0 && found < classes) return
  inspection.report({
    rule: boosterRules['class-out-of-range'],
    message: `expected the tree to belong to one of ${classes} outputs, found ${found}`,
    inside,
    evidence: { classes, found: String(found) },
  })
}

/** Reports another number of trees than the model says. */
export const checkTreeCount = (said: number, found: number, inspection: Inspection): void => {
  if (said === found) return
  inspection.report({
    rule: boosterRules['tree-count'],
    message: `expected ${said} trees, found ${found}`,
    evidence: { expected: String(said), found },
  })
}

/** Reports values that are no numbers. */
export const checkFinite = (values: Numbers | undefined, inside: string, inspection: Inspection): void => {
  for (let index = 0; index < (values?.length ?? 0); index += 1) {
    if (Number.isFinite(values?.[index])) continue
    inspection.report({
      rule: boosterRules['non-finite-value'],
      message: `expected leaves that are numbers, found ${values?.[index]} at node ${index}`,
      inside,
    })
    return
  }
}

/** Reports a size that is larger than what is there. */
export const reportSize = (
  what: string,
  found: number | bigint,
  available: number,
  offset: number,
  inspection: Inspection,
): void =>
  inspection.report({
    rule: boosterRules['size-beyond-file'],
    message: `expected ${what} within ${available} bytes, found ${found}`,
    offset,
    evidence: { found: String(found), available },
  })
