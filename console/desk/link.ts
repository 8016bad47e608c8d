// Sockets of a signed-in agent: where they are, and the ticket each one needs.

import { TicketRefused } from '../../client/connection.ts';
import type { ErrorCode, Ticket, TicketRequest } from '../../client/frames.ts';
import { ApiFailure, api, type FailureCode } from '../api.ts';

const FINAL: readonly FailureCode[] = [
  'sign_in_required',
  'forbidden',
  'not_found',
  'bad_request',
  'not_configured',
];

export function socketUrl(path: '/ws/desk' | '/ws/conversation'): string {
  return `${location.origin.replace(/^http/, 'ws')}${path}`;
}

/** A ticket, or `TicketRefused` when asking again would get the same answer. */
export async function ticketFor(request: TicketRequest): Promise<Ticket> {
  try {
    return await api.ticket(request);
  } catch (failure) {
    if (failure instanceof ApiFailure && FINAL.includes(failure.code)) {
      throw new TicketRefused(failure.code as ErrorCode);
    }
    throw failure;
  }
}
