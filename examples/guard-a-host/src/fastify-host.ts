import { type Admission, createGate, incomingCredential } from '@nootropic/access/guard'
import { fastify } from 'fastify'
import { type Host, operationAt } from './host.ts'
import { maximumBodyBytes } from './read-body.ts'
import { isBadInput, type RunningHost } from './running-host.ts'

/** The model behind Fastify, by its own hooks around the gate: so any framework with hooks is guarded. */
export const startFastifyHost = async ({ gateOptions, readDigit }: Host): Promise<RunningHost> => {
  const gate = createGate(gateOptions)
  const admissions = new WeakMap<object, Admission>()
  const app = fastify({ bodyLimit: maximumBodyBytes, forceCloseConnections: true })
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.removeContentTypeParser('application/json') // the body is read as it came

  app.addHook('onRequest', async (request, reply) => {
    const answer = await gate.admit(incomingCredential(request.raw), () => operationAt(request.url))
    if (!answer.admitted) return reply.code(answer.status).headers(answer.fields).send(answer.body)
    admissions.set(request, answer)
    reply.headers(answer.fields)
  })
  // Before the answer leaves: one that cannot be settled and written down is withheld.
  app.addHook('onSend', async (request, reply, payload) => {
    const outcome = reply.statusCode < 500 ? 'succeeded' : 'failed'
    try {
      await admissions.get(request)?.finish(outcome)
      return payload
    } catch (error) {
      gateOptions.onError?.(error)
      reply.code(503).removeHeader('content-length')
      return ''
    }
  })
  app.addHook('onRequestAbort', async (request) => {
    await admissions.get(request)?.finish('failed', 'the caller went away').catch(gateOptions.onError)
  })

  app.post('/models/:name', async (request, reply) => {
    try {
      return { digit: await readDigit(request.body as string) }
    } catch (error) {
      return isBadInput(error) ? reply.code(400).send() : Promise.reject(error)
    }
  })
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() }
}
