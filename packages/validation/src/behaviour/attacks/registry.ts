import type { FloatTensor } from '../dataset.ts'
import { rowLength } from '../rows.ts'
import { attackWithApgd } from './apgd.ts'
import { attackWithL1Apgd } from './apgd-l1.ts'
import type { AttackDescription, AttackRequest } from './attack-description.ts'
import { attackWithAutoAttack } from './auto-attack.ts'
import { attackWithBoundary } from './boundary.ts'
import { attackWithCarliniWagner } from './carlini-wagner.ts'
import { attackWithDeepFool } from './deepfool.ts'
import { attackWithElasticNet } from './elastic-net.ts'
import { attackWithFab } from './fab.ts'
import { attackWithFgsm } from './fgsm.ts'
import { attackWithHopSkipJump } from './hop-skip-jump.ts'
import type { Norm } from './norms.ts'
import { type AttackInputs, type DifferentiableModel, objectiveOf } from './objective.ts'
import { findPatch } from './patch.ts'
import { attackWithPgd, type PgdOptions } from './pgd.ts'
import { type ScoreLossName, stageLosses } from './score-losses.ts'
import { attackWithSaliencyMap, attackWithSparsePgd } from './sparse.ts'
import { attackWithMovements } from './spatial.ts'
import { attackWithSquare } from './square.ts'
import { findUniversalPerturbation } from './universal.ts'
import { type Contender, worstCase } from './worst-case.ts'

type Ball = { readonly norm: Exclude<Norm, 'l0'>; readonly radius: number }

const ballOf = ({ norm, radius }: AttackRequest): Ball => ({ norm: norm as Ball['norm'], radius })
const roundBallOf = ({ norm, radius }: AttackRequest) => ({ norm: norm as 'linf' | 'l2', radius })

/** One attack on each loss and from each start, the worst case of them for each example. */
const climb = async (
  model: DifferentiableModel,
  request: AttackRequest,
  options: { readonly starts: number; readonly losses: readonly ScoreLossName[] },
  run: (target: AttackInputs, loss: ScoreLossName) => Promise<FloatTensor>,
): Promise<FloatTensor> => {
  const attacks = Array.from({ length: options.starts }, (_, start) =>
    options.losses.map((loss): Contender => ({ name: `${loss} ${start}`, run: (target) => run(target, loss) })),
  ).flat()
  const { record, norm, radius } = request
  const bounds = { norm, radius }
  const result = await worstCase({ ...request, model, bounds, attacks, ...(record === undefined ? {} : { record }) })
  return result.found
}

const descend = (
  model: DifferentiableModel,
  request: AttackRequest,
  options: Omit<PgdOptions, 'norm'>,
): Promise<FloatTensor> => {
  const starts = options.random === undefined ? 1 : request.effort.restarts
  return climb(model, request, { starts, losses: stageLosses }, (target, loss) =>
    attackWithPgd({ ...target, ...options, ...ballOf(request), objective: objectiveOf(model, loss) }),
  )
}

/** Weights that the attacks of Carlini and Wagner and the elastic net try. */
const weightSearches = 6

/** Every attack by its name. */
export const attackRegistry = {
  fgsm: {
    title: 'Fast gradient sign method',
    reference: 'arXiv 1412.6572',
    norms: ['linf', 'l2', 'l1'],
    kind: 'bounded',
    needs: 'slopes',
    run: (model, request) =>
      climb(model, request, { starts: 1, losses: stageLosses }, (target, loss) =>
        attackWithFgsm({ ...target, ...ballOf(request), objective: objectiveOf(model, loss) }),
      ),
  },
  bim: {
    title: 'Basic iterative method',
    reference: 'arXiv 1607.02533',
    norms: ['linf', 'l2', 'l1'],
    kind: 'bounded',
    needs: 'slopes',
    run: (model, request) => descend(model, request, { steps: request.effort.steps }),
  },
  'mi-fgsm': {
    title: 'Momentum iterative method',
    reference: 'arXiv 1710.06081',
    norms: ['linf', 'l2'],
    kind: 'bounded',
    needs: 'slopes',
    run: (model, request) => descend(model, request, { steps: request.effort.steps, momentum: 1 }),
  },
  pgd: {
    title: 'Projected gradient descent',
    reference: 'arXiv 1706.06083',
    norms: ['linf', 'l2', 'l1'],
    kind: 'bounded',
    needs: 'slopes',
    run: (model, request) => descend(model, request, { steps: request.effort.steps, random: request.random }),
  },
  apgd: {
    title: 'Auto-PGD',
    reference: 'arXiv 2003.01690, arXiv 2103.01208',
    norms: ['linf', 'l2', 'l1'],
    kind: 'bounded',
    needs: 'slopes',
    run: (model, request) => {
      const { effort, random } = request
      const losses = ['cross-entropy', model.classes > 2 ? 'dlr' : 'margin'] as const
      return climb(model, request, { starts: effort.restarts, losses }, (target, loss) =>
        request.norm === 'l1'
          ? attackWithL1Apgd({ ...target, radius: request.radius, model, loss, random, steps: effort.steps })
          : attackWithApgd({ ...target, ...roundBallOf(request), model, loss, random, steps: effort.steps }),
      )
    },
  },
  'auto-attack': {
    title: 'AutoAttack, the standard ensemble',
    reference: 'arXiv 2003.01690',
    norms: ['linf', 'l2'],
    kind: 'bounded',
    needs: 'slopes',
    run: async (model, request) => {
      const { steps, queries, candidates: targets } = request.effort
      const effort = { steps, queries, targets }
      return (await attackWithAutoAttack({ ...request, ...roundBallOf(request), model, effort })).found
    },
  },
  deepfool: {
    title: 'DeepFool',
    reference: 'arXiv 1511.04599',
    norms: ['linf', 'l2'],
    kind: 'nearest',
    needs: 'slopes',
    run: (model, request) => attackWithDeepFool({ ...request, ...roundBallOf(request), model, ...request.effort }),
  },
  'carlini-wagner': {
    title: 'Carlini and Wagner',
    reference: 'arXiv 1608.04644',
    norms: ['l2'],
    kind: 'nearest',
    needs: 'slopes',
    run: (model, request) =>
      attackWithCarliniWagner({ ...request, model, searches: weightSearches, steps: request.effort.steps }),
  },
  'elastic-net': {
    title: 'Elastic-net attack',
    reference: 'arXiv 1709.04114',
    norms: ['l1'],
    kind: 'nearest',
    needs: 'slopes',
    run: (model, request) =>
      attackWithElasticNet({ ...request, model, beta: 0.01, searches: weightSearches, steps: request.effort.steps }),
  },
  fab: {
    title: 'Fast adaptive boundary attack',
    reference: 'arXiv 1907.02044',
    norms: ['linf', 'l2', 'l1'],
    kind: 'nearest',
    needs: 'slopes',
    run: (model, request) => attackWithFab({ ...request, ...ballOf(request), model, ...request.effort }),
  },
  'saliency-map': {
    title: 'Jacobian saliency map attack',
    reference: 'arXiv 1511.07528',
    norms: ['l0'],
    kind: 'bounded',
    needs: 'slopes',
    run: (model, request) => attackWithSaliencyMap({ ...request, model, most: request.radius }),
  },
  'sparse-pgd': {
    title: 'Projected gradient descent in L0',
    reference: 'arXiv 1909.05040',
    norms: ['l0'],
    kind: 'bounded',
    needs: 'slopes',
    run: (model, request) =>
      attackWithSparsePgd({ ...request, model, most: request.radius, steps: request.effort.steps }),
  },
  // One change for all examples that are attacked at once: give `runAttack` a chunk that holds them all.
  universal: {
    title: 'Universal perturbation',
    reference: 'arXiv 1610.08401, arXiv 1811.11304',
    norms: ['linf', 'l2'],
    kind: 'bounded',
    needs: 'slopes',
    run: async (model, request) => {
      const target = { ...request, ...roundBallOf(request), objective: objectiveOf(model, 'margin') }
      return (await findUniversalPerturbation({ ...target, steps: request.effort.steps })).found
    },
  },
  patch: {
    title: 'Adversarial patch',
    reference: 'arXiv 1712.09665',
    norms: ['l0'],
    kind: 'other',
    needs: 'slopes',
    run: async (model, request) => {
      const target = { ...request, objective: objectiveOf(model, 'margin'), share: request.radius }
      return (await findPatch({ ...target, steps: request.effort.steps })).found
    },
  },
  square: {
    title: 'Square attack',
    reference: 'arXiv 1912.00049',
    norms: ['linf', 'l2'],
    kind: 'bounded',
    needs: 'scores',
    run: (model, request) =>
      attackWithSquare({ ...request, ...roundBallOf(request), model, queries: request.effort.queries }),
  },
  spatial: {
    title: 'Turns and shifts',
    reference: 'arXiv 1712.02779',
    norms: ['linf'],
    kind: 'other',
    needs: 'scores',
    run: (model, request) => {
      const side = Math.sqrt(rowLength(request.inputs))
      const turn = { most: 90 * request.radius, count: 7 }
      const shift = { most: Math.round(side * request.radius), count: 5 }
      return attackWithMovements({ ...request, model, turn, shift })
    },
  },
  'hop-skip-jump': {
    title: 'HopSkipJump',
    reference: 'arXiv 1904.02144',
    norms: ['linf', 'l2'],
    kind: 'nearest',
    needs: 'answers',
    run: (model, request) =>
      attackWithHopSkipJump({ ...request, ...roundBallOf(request), model, steps: request.effort.steps, samples: 100 }),
  },
  boundary: {
    title: 'Boundary attack',
    reference: 'arXiv 1712.04248',
    norms: ['l2'],
    kind: 'nearest',
    needs: 'answers',
    run: (model, request) => attackWithBoundary({ ...request, model, steps: request.effort.queries }),
  },
} as const satisfies Record<string, AttackDescription>

/** The name of a registered attack. */
export type AttackName = keyof typeof attackRegistry
