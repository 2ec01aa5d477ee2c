import type { Norm } from '../behaviour/attacks/norms.ts'
import { range } from '../behaviour/rows.ts'
import type { ClassifierTrial } from '../behaviour/subject.ts'
import type { AttackCurve } from './attack-curve.ts'
import type { AttackPoint, WorstCaseFigures } from './attack-figures.ts'

/** The first attack that an example fell to, at the least epsilon; of equal ones the nearest. */
export const worstFall = (curves: readonly AttackCurve[], row: number) => {
  const falls = curves.flatMap((curve) => {
    const fall = curve.falls[row]
    return fall === undefined ? [] : [{ ...fall, curve }]
  })
  return falls.toSorted((left, right) => left.epsilon - right.epsilon || left.distance - right.distance)[0]
}

/** Examples that an attack was stopped on, or before; `count` where it never came to this epsilon. */
const undecidedAt = (curves: readonly AttackCurve[], epsilon: number, count: number): number =>
  Math.max(
    0,
    ...curves.map(({ figures, isStopped }) => {
      const point = figures.curve.find((candidate) => candidate.epsilon === epsilon)
      return point?.undecided ?? (isStopped ? count : 0)
    }),
  )

const unionOf = (points: readonly AttackPoint[]): { epsilon: number; radius: number }[] => {
  const radii = new Map(points.map(({ epsilon, radius }) => [epsilon, radius]))
  return [...radii]
    .map(([epsilon, radius]) => ({ epsilon, radius }))
    .sort((left, right) => left.epsilon - right.epsilon)
}

/** The worst over all attacks of `norm` that stay inside its ball; nothing where there is none. */
export const worstOfAttacks = (
  all: readonly AttackCurve[],
  norm: Norm,
  trial: ClassifierTrial,
): WorstCaseFigures | undefined => {
  const curves = all.filter(({ figures }) => figures.norm === norm && figures.kind !== 'other')
  if (curves.length === 0) return undefined
  const worst = range(trial.labels.length).map((row) => worstFall(curves, row))
  const curve = unionOf(curves.flatMap(({ figures }) => figures.curve)).map(({ epsilon, radius }) => {
    const fallen = worst.filter((fall) => fall !== undefined && fall.epsilon <= epsilon).length
    const undecided = Math.min(trial.labels.length - fallen, undecidedAt(curves, epsilon, trial.labels.length))
    const standing = trial.labels.length - fallen - undecided
    return { epsilon, radius, standing, undecided, share: standing / trial.examples }
  })
  return {
    norm,
    attacks: curves.map(({ figures }) => figures.attack),
    curve,
    fallen: worst.flatMap((fall, row) =>
      fall === undefined
        ? []
        : [
            {
              row: trial.rows[row] ?? -1,
              label: trial.labels[row] ?? -1,
              attack: fall.curve.figures.attack,
              epsilon: fall.epsilon,
              distance: fall.distance,
            },
          ],
    ),
  }
}
