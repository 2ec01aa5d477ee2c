export { type AttackDescription, type AttackEffort, defaultEffort } from './attack-description.ts'
export { type Norm, norms } from './norms.ts'
export type { AttackedModel, AttackInputs, DifferentiableModel } from './objective.ts'
export { type OpenTokenModel, openTokenModel, type TokenModelOptions } from './open-token-model.ts'
export { type AttackName, attackRegistry } from './registry.ts'
export { type AttackOutcome, type AttackRun, runAttack } from './run-attack.ts'
export { anyToken, nearestTokens, synonyms, type TokenCandidates } from './token-candidates.ts'
export {
  attackTokensGreedily,
  attackWithHotFlip,
  type DifferentiableTokenModel,
  type Embedding,
  embedSequences,
  type TokenModel,
  type TokenResult,
  type TokenTarget,
} from './tokens.ts'
