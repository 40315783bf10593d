import { startLab } from '../home-lab.ts';
import { nameRules } from './name-rules.ts';

nameRules('SQLite', () => startLab({ cdmi: true }));
