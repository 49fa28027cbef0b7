import '@rrweb/replay/dist/style.css';
import './player.css';
import type { FromPlayer, ToPlayer } from './messages.ts';
import { connectToParent } from './parent.ts';
import { Stage } from './stage.ts';

let stage: Stage | null = null;

const send: (message: FromPlayer) => void = connectToParent(receive);
window.addEventListener('error', ({ message }) =>
  send({ type: 'problem', text: message, at_ms: null }),
);

function receive(message: ToPlayer): void {
  const root = document.getElementById('stage');
  if (message.type === 'init' && stage === null && root !== null) {
    stage = new Stage(root, message, send);
  }
  if (stage !== null) perform(stage, message);
}

function perform(on: Stage, message: ToPlayer): void {
  switch (message.type) {
    case 'init':
      break;
    case 'open':
      on.open(message.at_ms);
      break;
    case 'events':
      on.take(message.events, message.until_ms, message.last, message.seam);
      break;
    case 'trim':
      on.trim(message.before_ms);
      break;
    case 'play':
      on.play();
      break;
    case 'pause':
      on.pause();
      break;
    case 'seek':
      on.seek(message.at_ms);
      break;
    case 'step':
      on.step(message.direction);
      break;
    case 'speed':
      on.setSpeed(message.speed);
      break;
    case 'skip_inactive':
      on.setSkipInactive(message.on);
      break;
    case 'conceal':
      on.conceal(message.mask_selectors, message.block_selectors);
  }
}
