import { shownAddress } from '../connection/address.js';
import type { ConnectionState } from '../connection/connection.js';
import { byId, setText } from '../ui/element.js';

/** Failures in a row before a page that has never been connected says more than that it tries. */
const PATIENT_FOR = 1;

/** Whether the page is connected, and what happens when it is not. */
export class ConnectionCard {
  readonly #address: string | undefined;

  constructor(address: string | undefined, retry: () => void) {
    this.#address = address;
    byId('away-retry').addEventListener('click', retry);
  }

  /**
   * @param lastClosed whether there was a connection before that ended
   * @param now milliseconds on the connection's clock
   * @param isFile what is shown comes from a file
   */
  show(state: ConnectionState, lastClosed: boolean, now: number, isFile: boolean): void {
    document.documentElement.dataset.connection = state.phase;
    const away = byId('away');
    const server = this.#address === undefined ? 'the server' : shownAddress(this.#address);
    const retryAfterLoss = state.phase === 'connecting' && (lastClosed || state.failures >= PATIENT_FOR);
    away.hidden = state.phase === 'open' || (state.phase === 'connecting' && !retryAfterLoss);
    byId('away-retry').hidden = state.phase !== 'waiting';
    switch (state.phase) {
      case 'open':
        setText(byId('connection-text'), isFile ? 'From a file' : 'Connected');
        break;
      case 'connecting':
        setText(byId('connection-text'), 'Connecting');
        setText(byId('away-text'), `Trying ${server} …`);
        break;
      case 'waiting': {
        const seconds = Math.max(1, Math.ceil((state.retryAt - now) / 1000));
        const title = lastClosed ? 'The server closed the connection' : 'The server cannot be reached';
        setText(byId('connection-text'), lastClosed ? 'Server closed' : 'No server');
        setText(byId('away-title'), title);
        const reason = state.reason === '' ? '' : `${state.reason}. `;
        const hint = lastClosed ? '' : ' If it asks for a token, open the page by the address that the server printed.';
        setText(byId('away-text'), `${reason}Reconnecting to ${server} in\u00a0${seconds}\u00a0s.${hint}`);
        break;
      }
      case 'refused':
        setText(byId('connection-text'), 'Not connected');
        setText(byId('away-title'), 'This address cannot be connected to');
        setText(byId('away-text'), state.reason);
        break;
    }
  }
}
