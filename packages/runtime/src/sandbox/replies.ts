import { signatureSchema, tensorSpecSchema } from '@nootropic/core'
import { z } from 'zod'
import {
  type LoadReply,
  mailboxUses,
  type NarrowReply,
  type TensorHead,
  type TensorMessage,
} from '../worker/protocol.ts'

// What a worker may answer. A model may have taken it over: whatever is not of this shape is a fault of the worker.

const tensorHeadSchema = tensorSpecSchema.extend({
  dims: z.array(z.number().int().nonnegative()),
  byteLength: z.number().int().nonnegative(),
}) satisfies z.ZodType<TensorHead>

const sentence = z.string().max(1000)

export const narrowReplySchema = z.strictObject({
  isNarrowed: z.boolean(),
  how: sentence,
  probe: sentence,
}) satisfies z.ZodType<NarrowReply>

export const loadReplySchema = z.strictObject({
  signature: signatureSchema,
  mailbox: z.enum(mailboxUses),
}) satisfies z.ZodType<LoadReply>

export const runReplySchema = z.strictObject({
  tensors: z.array(tensorHeadSchema),
  mailbox: z.number().int().nonnegative().optional(),
}) satisfies z.ZodType<TensorMessage>

// A worker may blame the model or the input, and nothing else.
export const workerErrorCodes = [
  'MODEL_MALFORMED',
  'INPUT_INVALID',
  'LIMIT_EXCEEDED',
  'PEER_DEPENDENCY_MISSING',
] as const

export const failureSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  isOutOfMemory: z.boolean().optional(),
})
