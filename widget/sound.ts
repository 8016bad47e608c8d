/** Two soft tones, made and not fetched: no file, no host, no permission of a policy. */

const TONES = [660, 880];
const APART_S = 0.12;
const LONG_S = 0.35;
const LOUD = 0.08;

let audio: AudioContext | undefined;

export function ring(): void {
  audio ??= new AudioContext();
  // Browsers keep a page silent that nobody has touched; then so are we.
  if (audio.state !== 'running') return void audio.resume().catch(Boolean);
  const now = audio.currentTime;
  for (const [index, tone] of TONES.entries()) {
    const start = now + index * APART_S;
    const source = new OscillatorNode(audio, { frequency: tone });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.linearRampToValueAtTime(LOUD, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + LONG_S);
    source.connect(volume).connect(audio.destination);
    source.start(start);
    source.stop(start + LONG_S);
  }
}
