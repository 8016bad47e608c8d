// What tabs of one browser share, in Node: storage, and channels that keep no process alive.

import 'fake-indexeddb/auto';
import { BroadcastChannel } from 'node:worker_threads';

class Channel extends BroadcastChannel {
  constructor(name: string) {
    super(name);
    this.unref();
  }
}

globalThis.BroadcastChannel = Channel as unknown as typeof globalThis.BroadcastChannel;
