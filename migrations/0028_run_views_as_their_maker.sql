-- Views run as whoever migrates: who ingests needs no right to read what was recorded, nor to write what views fill.
ALTER TABLE sessions_from_events MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER;
ALTER TABLE denials_from_events MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER;
ALTER TABLE heartbeats_from_events MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER;
ALTER TABLE arrivals_from_events MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER;
ALTER TABLE observable_uses_from_observables MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER;
ALTER TABLE run_starts_from_events MODIFY SQL SECURITY DEFINER DEFINER = CURRENT_USER;
