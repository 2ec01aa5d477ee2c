import { isNootropicError, NootropicError, type Signature, type Tensor } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { openWorkerMailbox, type WorkerMailbox } from './mailbox.ts'
import { createPlacedOutputs } from './placed-outputs.ts'
import {
  type LoadRequest,
  type MailboxUse,
  mailboxAlignment,
  mailboxThreshold,
  type TensorMessage,
} from './protocol.ts'
import { loadSharedMemory } from './shared-memory.ts'
import {
  countTexts,
  decodeTensors,
  type EncodedTensors,
  encodeTensors,
  frameSource,
  layOut,
  maximumTexts,
  type TensorSource,
  textOverhead,
} from './tensor-payload.ts'

/** The one model of a worker. */
export interface ServedModel {
  readonly signature: Signature
  readonly mailboxUse: MailboxUse
  /** Outputs that are not in the mailbox are the payload. */
  run(message: TensorMessage, payload: Uint8Array): Promise<{ head: TensorMessage; payload: readonly Uint8Array[] }>
}

/** The host's inputs where they stand: it changes nothing there before it has its answer. */
const mailboxSource = (mailbox: WorkerMailbox, byteLength: number): TensorSource => {
  const bytes = mailbox.read(byteLength)
  return { byteLength, alignment: mailboxAlignment, take: (offset, length) => bytes.subarray(offset, offset + length) }
}

const endOf = (parts: readonly Uint8Array[]) =>
  layOut(
    parts.map(({ byteLength }) => byteLength),
    mailboxAlignment,
  )

/** Copies outputs into the mailbox, and says how many of its bytes they take; undefined when it does not take them. */
const leaveInMailbox = ({ parts }: EncodedTensors, mailbox: WorkerMailbox): number | undefined => {
  const { offsets, end } = endOf(parts)
  if (end > mailbox.outputBytes) return undefined
  try {
    for (const [index, part] of parts.entries()) mailbox.write(offsets[index] ?? 0, part)
    return end
  } catch {
    // A limit on the size of files, or a file system that is full.
    return undefined
  }
}

// y = Identity(x), both float32 [1], as ONNX.
const smallestModel =
  'CAgSCW5vb3Ryb3BpYzo3ChAKAXgSAXkiCElkZW50aXR5EgFnWg8KAXgSCgoICAESBAoCCAFiDwoBeRIKCggIARIECgIIAUICEA0='

/**
 * Has onnxruntime open what it opens once in a process: its libraries, what the system says of the processor. What is
 * needed of koffi is loaded too.
 *
 * @throws NootropicError `PEER_DEPENDENCY_MISSING`
 */
export const warmRuntime = async (): Promise<void> => {
  loadSharedMemory()
  const session = await createInProcessSessions().open({ main: Buffer.from(smallestModel, 'base64') })
  await session.close()
}

/** @throws NootropicError `MODEL_REFUSED`, `MODEL_MALFORMED`, `LIMIT_EXCEEDED` or `PEER_DEPENDENCY_MISSING` */
export const serveModel = async (request: LoadRequest, payload: Uint8Array): Promise<ServedModel> => {
  let offset = request.mainLength
  const externalData = request.externalData.map(({ path, byteLength }) => {
    const data = payload.subarray(offset, offset + byteLength)
    offset += byteLength
    return { path, data }
  })
  const session = await createInProcessSessions().open(
    { main: payload.subarray(0, request.mainLength), ...(externalData.length === 0 ? {} : { externalData }) },
    { threads: request.threads, optimisation: request.optimisation },
  )
  // The runtime has its own copy: what need not stay in memory in the clear does not.
  payload.fill(0)
  const signature: Signature = { inputs: [...session.inputs], outputs: [...session.outputs] }
  const mailbox = openWorkerMailbox(request.mailbox)
  const placed = createPlacedOutputs(signature)

  const encode = (outputs: Readonly<Record<string, Tensor>>): EncodedTensors => {
    const texts = countTexts(Object.values(outputs))
    if (texts > maximumTexts) {
      throw new NootropicError('LIMIT_EXCEEDED', `expected at most ${maximumTexts} texts in outputs, found ${texts}`)
    }
    const encoded = encodeTensors(outputs)
    const byteLength = encoded.byteLength + texts * textOverhead
    if (byteLength <= request.outputBytes) return encoded
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected at most ${request.outputBytes} bytes of outputs, found ${byteLength}`,
    )
  }
  /** Whether the outputs were written to `into`. */
  const runInto = async (feeds: Record<string, Tensor>, into: Record<string, Tensor>): Promise<boolean> => {
    try {
      await session.run(feeds, { into })
      return true
    } catch (error) {
      // The inputs are at fault, or the outputs have other shapes this time: the other way finds out which.
      if (isNootropicError(error, 'INPUT_INVALID')) return false
      throw error
    }
  }

  return {
    signature,
    mailboxUse: mailbox?.use ?? 'none',
    async run({ tensors, mailbox: inMailbox }, payload) {
      const isFramed = mailbox === undefined || inMailbox === undefined
      const feeds = decodeTensors(tensors, isFramed ? frameSource(payload) : mailboxSource(mailbox, inMailbox))
      const into = mailbox && placed.place(tensors, mailbox)
      if (into !== undefined) {
        const { heads, parts } = encode(into)
        if (await runInto(feeds, into)) return { head: { tensors: heads, mailbox: endOf(parts).end }, payload: [] }
      }
      const outputs = await session.run(feeds)
      if (into === undefined) placed.learn(tensors, outputs)
      else placed.giveUp(tensors)
      const encoded = encode(outputs)
      const left = mailbox && encoded.byteLength > mailboxThreshold ? leaveInMailbox(encoded, mailbox) : undefined
      if (left === undefined) return { head: { tensors: encoded.heads }, payload: encoded.parts }
      return { head: { tensors: encoded.heads, mailbox: left }, payload: [] }
    },
  }
}
