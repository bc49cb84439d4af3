// rung-react.js: a hook for React 18 and later around a Rung of yours. While
// a component with it is mounted, the page follows all that changes.

import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { RungError } from './rung.js';

// What is open is taken up once, however many components there are.
const begun = new WeakMap();

function begin(rung) {
	if (!begun.has(rung))
		begun.set(rung, rung.resume().catch((error) => {
			begun.delete(rung);
			throw error;
		}));
	return begun.get(rung);
}

export function useUpsellState(rung) {
	const [trouble, setTrouble] = useState(null);
	const [subscribe, now] = useMemo(() => [
		(tell) => {
			rung.addEventListener('change', tell);
			return () => rung.removeEventListener('change', tell);
		},
		() => rung.state,
	], [rung]);
	const shown = useSyncExternalStore(subscribe, now, now);

	useEffect(() => {
		let mounted = true;
		let stop;
		begin(rung).catch((error) => mounted && setTrouble(error))
		    .then(() => {
			if (mounted)
				stop = rung.watch();
		});
		return () => {
			mounted = false;
			stop?.();
		};
	}, [rung]);

	const { view: state, phase, reason } = shown;
	const error = useMemo(() => shown.error ?? (phase === 'rolled-back' ?
	    new RungError(reason, 0, 'the upgrade did not happen') :
	    state ? null : trouble), [shown, trouble]);
	return { state, error,
		isUpgrading: phase === 'starting' || phase === 'pending' };
}
