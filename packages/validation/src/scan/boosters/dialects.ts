import type { Dialect } from '../configuration/dialect.ts'
import { isRecord } from '../configuration/walk.ts'
import { checkCatboostDocument, isCatboostDocument } from './catboost.ts'
import { checkXgboost } from './xgboost.ts'

/** JSON documents of this room. */
export const boosterDialects: readonly Dialect[] = [
  {
    name: 'xgboost-json',
    title: 'XGBoost model in JSON',
    matches: (document) => isRecord(document) && isRecord(document.learner) && 'version' in document,
    check: checkXgboost,
  },
  {
    name: 'catboost-json',
    title: 'CatBoost model in JSON',
    matches: isCatboostDocument,
    check: checkCatboostDocument,
  },
]
