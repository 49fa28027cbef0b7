// The numbers and names both sides share. Every value lives in `protocol/settings.json`.
import settings from '../../protocol/settings.json' with { type: 'json' };

export const { protocol, paths, limits, intervals, close_codes: closeCodes } = settings;
