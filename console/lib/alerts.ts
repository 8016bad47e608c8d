// How the console calls for attention: a soft sound, and a notification while the page is hidden.

let audio: AudioContext | undefined;

/** Browsers let a page sound only after a gesture; the first one wakes the sound. */
export function wakeSoundOnGesture(): void {
  const wake = () => {
    audio ??= new AudioContext();
    void audio.resume();
  };
  for (const gesture of ['pointerdown', 'keydown']) {
    addEventListener(gesture, wake, { once: true, capture: true });
  }
}

/** Two soft notes, made here: no file to load. */
export function chime(): void {
  if (audio?.state !== 'running') return;
  const start = audio.currentTime;
  note(audio, 660, start, 0.16);
  note(audio, 880, start + 0.12, 0.28);
}

function note(context: AudioContext, pitch: number, start: number, length: number): void {
  const tone = context.createOscillator();
  const loudness = context.createGain();
  tone.type = 'sine';
  tone.frequency.value = pitch;
  loudness.gain.setValueAtTime(0.0001, start);
  loudness.gain.exponentialRampToValueAtTime(0.09, start + 0.02);
  loudness.gain.exponentialRampToValueAtTime(0.0001, start + length);
  tone.connect(loudness).connect(context.destination);
  tone.start(start);
  tone.stop(start + length);
}

export type NotificationState = 'default' | 'granted' | 'denied' | 'unsupported';

export function notificationState(): NotificationState {
  return 'Notification' in window ? Notification.permission : 'unsupported';
}

/** Asked for by a button only: a question at load is refused, rightly. */
export async function askForNotifications(): Promise<NotificationState> {
  if (!('Notification' in window)) return 'unsupported';
  return await Notification.requestPermission();
}

/** Says `title` on the desktop, while nobody looks at the page. `tag` replaces an older one. */
export function notify(tag: string, title: string, body: string, onOpen: () => void): void {
  if (!document.hidden || notificationState() !== 'granted') return;
  try {
    const shown = new Notification(title, { body, tag });
    shown.onclick = () => {
      window.focus();
      shown.close();
      onOpen();
    };
  } catch {
    // Phones allow notifications from service workers only; the sound and the title remain.
  }
}
