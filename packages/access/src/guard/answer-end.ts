import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

// One listener for each connection: pipelined requests are without number, and Node warns of more than ten.
const waitingOn = new WeakMap<Socket, Set<() => void>>()

const waitersOf = (socket: Socket): Set<() => void> => {
  const known = waitingOn.get(socket)
  if (known !== undefined) return known
  const waiters = new Set<() => void>()
  waitingOn.set(socket, waiters)
  socket.once('close', () => {
    for (const waiter of waiters) waiter()
  })
  return waiters
}

/** Whether there is nobody to answer any more. Node says so only of the first of the answers that wait for a connection. */
export const isGone = ({ socket }: IncomingMessage, response: ServerResponse): boolean =>
  response.destroyed || socket.destroyed

/**
 * Resolves when an answer has ended: to whether all of it was handed to the operating system. To be called before anything
 * is waited for, or an end meanwhile goes unnoticed.
 */
export const endOf = ({ socket }: IncomingMessage, response: ServerResponse): Promise<'sent' | 'cut off'> =>
  new Promise((resolve) => {
    const waiters = waitersOf(socket)
    const cutOff = (): void => resolve('cut off')
    waiters.add(cutOff)
    // Node says `finish` too when the rest could not be written.
    response.once('finish', () => resolve(socket.destroyed || socket.errored ? 'cut off' : 'sent'))
    response.once('close', () => {
      waiters.delete(cutOff)
      cutOff() // which changes nothing once it was sent
    })
  })
