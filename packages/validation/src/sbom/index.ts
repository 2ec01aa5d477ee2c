export { createModelBom, type ModelBomOptions } from './create-model-bom.ts'
export type { Component, ModelBom } from './cyclonedx.ts'
export { type BomLimits, bomLimits } from './limits.ts'
