import { labelOf, type ModelVersion } from './model-version.ts'

/** Does work on a version of a model after all that was asked for before it; on other versions meanwhile. */
export type ModelTurns = <Result>(model: ModelVersion, work: () => Promise<Result>) => Promise<Result>

/**
 * Makes whoever looks at a model's place and then changes it the only one to do so, so that what was seen still holds
 * (CWE-367). For one process: the audit log lets no other in.
 */
export const createModelTurns = (): ModelTurns => {
  const last = new Map<string, Promise<void>>()
  return async (model, work) => {
    const label = labelOf(model)
    const turn = (last.get(label) ?? Promise.resolve()).then(work)
    const end = turn.then(
      () => {},
      () => {},
    )
    last.set(label, end)
    try {
      return await turn
    } finally {
      if (last.get(label) === end) last.delete(label)
    }
  }
}
