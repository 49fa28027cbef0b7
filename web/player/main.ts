import '@rrweb/replay/dist/style.css';
import './player.css';
import { EventType, type eventWithTime } from '@rrweb/types';
import type { FromPlayer, ToPlayer } from './messages.ts';
import { connectToParent } from './parent.ts';
import { Sanitizer } from './sanitize.ts';
import { isEvent } from './shape.ts';
import { Stage } from './stage.ts';

const settings = { speed: 1, skipInactive: true, at: 0 };
const events: eventWithTime[] = [];
let damaged = 0;
let stage: Stage | null = null;

const send: (message: FromPlayer) => void = connectToParent(receive);
window.addEventListener('error', (event) => send({ type: 'problem', text: event.message }));

function receive(message: ToPlayer): void {
  switch (message.type) {
    case 'init':
      settings.speed = message.speed;
      settings.skipInactive = message.skip_inactive;
      settings.at = message.at_ms;
      break;
    case 'events':
      take(message.events);
      if (message.last) begin();
      break;
    case 'play':
      stage?.play(message.at_ms);
      break;
    case 'pause':
      stage?.pause();
      break;
    case 'seek':
      stage?.seek(message.at_ms);
      break;
    case 'speed':
      stage?.setSpeed(message.speed);
      break;
    case 'skip_inactive':
      stage?.setSkipInactive(message.on);
      break;
  }
}

function take(part: readonly unknown[]): void {
  for (const event of part) {
    if (isEvent(event)) events.push(event);
    else damaged += 1;
  }
}

function begin(): void {
  const root = document.getElementById('stage');
  if (root === null || stage !== null) return;
  const pictured = events.some((event) => event.type === EventType.FullSnapshot);
  if (!pictured || events.length < 2) {
    send({ type: 'problem', text: 'No picture of a page has arrived from this visit.' });
    return;
  }
  events.sort((a, b) => a.timestamp - b.timestamp);
  const sanitizer = new Sanitizer();
  for (const event of events) sanitizer.disarm(event);
  stage = new Stage(root, events, settings, send);
  if (damaged > 0) send({ type: 'problem', text: `Damaged events were left out: ${damaged}.` });
}
