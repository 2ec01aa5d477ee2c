import { NootropicError } from '@nootropic/core'

/** Knows who is inside which model, so that a model can be emptied. */
export interface Gate {
  /**
   * Does `work` inside the model. `verifyOpen` throws once the model was shut while the work went on.
   *
   * @throws NootropicError `MODEL_SUSPENDED` in place of whatever failed after the model was shut
   */
  pass<Result>(model: string, work: (verifyOpen: () => void) => Promise<Result>): Promise<Result>
  /** From now on nobody who is inside comes out with a result that was not ready. */
  shut(model: string): void
  /** Resolves when everybody who is inside now is out. */
  drained(model: string): Promise<void>
}

export const createGate = (): Gate => {
  const inside = new Map<string, Set<{ isShut: boolean; readonly work: Promise<unknown> }>>()

  const verify = (visit: { isShut: boolean } | undefined, model: string): void => {
    if (visit?.isShut) {
      throw new NootropicError(
        'MODEL_SUSPENDED',
        `the model "${model}" was suspended while it ran; the result was withheld`,
      )
    }
  }
  return {
    async pass(model, work) {
      const visits = inside.get(model) ?? new Set()
      inside.set(model, visits)
      const state = { isShut: false }
      const visit = Object.assign(state, { work: work(() => verify(state, model)) })
      visits.add(visit)
      try {
        return await visit.work
      } catch (error) {
        verify(state, model)
        throw error
      } finally {
        visits.delete(visit)
        if (visits.size === 0 && inside.get(model) === visits) inside.delete(model)
      }
    },
    shut(model) {
      for (const visit of inside.get(model) ?? []) visit.isShut = true
    },
    async drained(model) {
      await Promise.allSettled([...(inside.get(model) ?? [])].map(({ work }) => work))
    },
  }
}
