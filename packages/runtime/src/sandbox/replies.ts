import { signatureSchema, tensorSpecSchema } from '@nootropic/core'
import { z } from 'zod'
import type { CanaryResult } from '../worker/canary.ts'
import type { TensorHead } from '../worker/protocol.ts'

// What a worker may answer. A model may have taken it over: whatever is not of this shape is a fault of the worker.

const tensorHeadSchema = tensorSpecSchema.extend({
  dims: z.array(z.number().int().nonnegative()),
  byteLength: z.number().int().nonnegative(),
}) satisfies z.ZodType<TensorHead>

export const loadReplySchema = signatureSchema

export const runReplySchema = z.strictObject({ tensors: z.array(tensorHeadSchema) })

// A worker may blame the model or the input, and nothing else.
export const workerErrorCodes = [
  'MODEL_MALFORMED',
  'INPUT_INVALID',
  'LIMIT_EXCEEDED',
  'PEER_DEPENDENCY_MISSING',
] as const

export const failureSchema = z.strictObject({ code: z.string(), message: z.string() })

const attemptSchema = z.strictObject({ succeeded: z.boolean(), detail: z.string().max(300) })

export const canaryResultSchema = z.strictObject({
  read: attemptSchema,
  write: attemptSchema,
  connect: attemptSchema,
  spawn: attemptSchema,
  allocate: attemptSchema,
  openMany: attemptSchema,
  environment: z.array(z.string()),
  namespaces: z.record(z.string(), z.string()),
  status: z.record(z.string(), z.string()),
  cpuLimit: z.string(),
  coreLimit: z.string(),
}) satisfies z.ZodType<CanaryResult>
