%% CP-1Hz with a process per charge point and a gen_server per central; see ../README.md.
-module(cp_1hz).
-behaviour(gen_server).
-export([main/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-define(MAX_OUTSTANDING, 8).
-define(MERGE_MS, 100).
-define(SECOND, 1000000000).

%% What all share; times are nanoseconds since `start`, which is erlang:monotonic_time's.
-record(plan, {entities, centrals, warm_up, ticks, start, lateness, round_trip}).

main(Arguments) ->
    [Entities, Centrals, WarmUp, Seconds] = [list_to_integer(A) || A <- Arguments],
    Plan = #plan{entities = Entities, centrals = Centrals, warm_up = WarmUp,
                 ticks = WarmUp + Seconds, lateness = histogram(), round_trip = histogram()},
    Before = now_ns(),
    {Servers, Points} = spawn_all(Plan),
    Spawning = now_ns() - Before,
    Start = now_ns() + ?SECOND + Entities * 2000,
    persistent_term:put(plan, Plan#plan{start = Start}), % shared by all, copied by none
    [Point ! start || Point <- Points],
    {Cpu, Resident} = measure(Start, Plan),
    Tally = await(Entities, {0, 0, 0, 0.0}),
    EnergyWh = lists:sum([gen_server:call(Server, energy_wh) || Server <- Servers]),
    print(Plan, Seconds, Cpu, Resident, Tally, EnergyWh, Spawning),
    halt(0).

spawn_all(#plan{entities = Entities, centrals = Centrals} = Plan) ->
    Servers = [start_central(Index, Plan) || Index <- lists:seq(0, Centrals - 1)],
    [gen_server:cast(Server, {others, Servers -- [Server]}) || Server <- Servers],
    Routes = list_to_tuple(Servers),
    Main = self(),
    Points = [begin
                  Server = element(Id rem Centrals + 1, Routes),
                  % Small and long-lived: one generation costs half the memory of two.
                  spawn_opt(fun() -> await_start(Id, Server, Main) end, [{fullsweep_after, 0}])
              end || Id <- lists:seq(0, Entities - 1)],
    {Servers, Points}.

%% ---- a charge point -------------------------------------------------------------------------

-record(cp, {id, central, main, random, state = disconnected, power_w = 0.0, energy_wh = 0.0,
             tick = 0, sent = 0,
             outstanding = [], % {Seq, Tick, EnergyWh}, the oldest first
             limit_w = 0.0, acknowledged = 0, in_time = 0, dropped = 0, acknowledged_wh = 0.0}).

await_start(Id, Central, Main) ->
    receive
        start ->
            Plan = persistent_term:get(plan),
            Cp = #cp{id = Id, central = Central, main = Main, random = Id},
            await_tick(Plan, Cp),
            charge_point(Plan, Cp)
    end.

%% One tick beyond those of the plan sends nothing and leaves time for the last replies.
charge_point(#plan{ticks = Ticks}, #cp{tick = Tick, outstanding = []} = Cp) when Tick > Ticks ->
    Cp#cp.main ! {done, Cp#cp.acknowledged, Cp#cp.in_time, Cp#cp.dropped, Cp#cp.acknowledged_wh};
charge_point(Plan, Cp) ->
    receive
        tick ->
            Next = tick(Plan, Cp),
            await_tick(Plan, Next),
            charge_point(Plan, Next);
        {limit, Seq, LimitW} ->
            charge_point(Plan, acknowledge(Plan, Cp, Seq, LimitW))
    end.

%% Timers know milliseconds; they must not come early.
await_tick(#plan{ticks = Ticks}, #cp{tick = Tick}) when Tick > Ticks -> ok;
await_tick(#plan{start = Start}, #cp{id = Id, tick = Tick}) ->
    erlang:send_after(ceil_ms(Start + due(Id, Tick)), self(), tick, [{abs, true}]).

%% erlang:convert_time_unit would need bignums, which cost some kilobytes a process.
ceil_ms(Ns) when Ns =< 0 -> Ns div 1000000;
ceil_ms(Ns) -> (Ns + 999999) div 1000000.

%% The hash as a fraction of a second: * 10^9 / 2^32 = * 1953125 / 2^23, which needs no bignum.
due(Id, Tick) -> ((((Id * 2654435761) band 16#ffffffff) * 1953125) bsr 23) + Tick * ?SECOND.

tick(#plan{ticks = Ticks}, #cp{tick = Ticks} = Cp) -> Cp#cp{tick = Ticks + 1};
tick(Plan, #cp{tick = Tick} = Before) ->
    Cp = step(Before),
    Measured = Tick >= Plan#plan.warm_up,
    case length(Cp#cp.outstanding) of
        ?MAX_OUTSTANDING when Measured -> Cp#cp{tick = Tick + 1, dropped = Cp#cp.dropped + 1};
        ?MAX_OUTSTANDING -> Cp#cp{tick = Tick + 1};
        _ ->
            Measured andalso
                record(Plan#plan.lateness, now_ns() - Plan#plan.start - due(Cp#cp.id, Tick)),
            #cp{id = Id, sent = Sent, state = State, power_w = PowerW, energy_wh = EnergyWh} = Cp,
            Seq = Sent + 1,
            gen_server:cast(Cp#cp.central, {status, self(), Id, Seq, State, PowerW, EnergyWh}),
            Cp#cp{tick = Tick + 1, sent = Seq,
                  outstanding = Cp#cp.outstanding ++ [{Seq, Tick, EnergyWh}]}
    end.

%% Crashes on a reply out of order.
acknowledge(Plan, #cp{outstanding = [{Seq, Tick, EnergyWh} | Rest]} = Cp, Seq, LimitW) ->
    #plan{start = Start, warm_up = WarmUp, ticks = Ticks} = Plan,
    Now = now_ns() - Start,
    Tick >= WarmUp andalso record(Plan#plan.round_trip, Now - due(Cp#cp.id, Tick)),
    InTime = case Now >= WarmUp * ?SECOND andalso Now < Ticks * ?SECOND of
                 true -> Cp#cp.in_time + 1;
                 false -> Cp#cp.in_time
             end,
    Cp#cp{outstanding = Rest, limit_w = LimitW, in_time = InTime,
          acknowledged = Cp#cp.acknowledged + 1,
          acknowledged_wh = Cp#cp.acknowledged_wh + EnergyWh}.

%% The charging model; energies are multiples of 1/16 Wh, so sums are exact in any order.
step(#cp{random = Random, state = State, energy_wh = EnergyWh} = Cp) ->
    Next = (Random * 1664525 + 1013904223) band 16#ffffffff,
    NextState = next_state(State, Next bsr 24),
    PowerW = case NextState of
                 supplying -> 225.0 * (16 + ((Next bsr 16) band 63));
                 _ -> 0.0
             end,
    Cp#cp{random = Next, state = NextState, power_w = PowerW, energy_wh = EnergyWh + PowerW / 3600}.

next_state(disconnected, Draw) when Draw < 128 -> activated;
next_state(activated, Draw) when Draw < 64 -> supplying;
next_state(activated, Draw) when Draw >= 252 -> stopped;
next_state(supplying, Draw) when Draw < 16 -> activated;
next_state(supplying, Draw) when Draw >= 254 -> fault;
next_state(stopped, Draw) when Draw < 64 -> activated;
next_state(fault, Draw) when Draw < 128 -> disconnected;
next_state(State, _) -> State.

%% ---- a central ------------------------------------------------------------------------------

-record(central, {index, entities, last, others = [], own_w = 0.0, theirs_w = #{}, all_w = 0.0,
                  energy_wh = 0.0}).

%% Off the heap, a long inbox is not copied by each garbage collection.
start_central(Index, Plan) ->
    Options = [{spawn_opt, [{message_queue_data, off_heap}]}],
    {ok, Pid} = gen_server:start_link(?MODULE, {Index, Plan#plan.entities}, Options),
    Pid.

init({Index, Entities}) ->
    {ok, #central{index = Index, entities = Entities, last = ets:new(last, [set, private])}}.

handle_cast({status, From, Cp, Seq, State, PowerW, EnergyWh}, Central) ->
    #central{last = Last, entities = Entities} = Central,
    LastW = case ets:lookup(Last, Cp) of
                [{_, _, _, W, _}] -> W;
                [] -> 0.0
            end,
    ets:insert(Last, {Cp, Seq, State, PowerW, EnergyWh}),
    AllW = Central#central.all_w + PowerW - LastW,
    From ! {limit, Seq, max(0.0, 22000 - AllW / Entities)},
    {noreply, Central#central{own_w = Central#central.own_w + PowerW - LastW, all_w = AllW,
                              energy_wh = Central#central.energy_wh + EnergyWh}};
handle_cast({total, From, PowerW}, #central{theirs_w = Theirs, all_w = AllW} = Central) ->
    {noreply, Central#central{theirs_w = Theirs#{From => PowerW},
                              all_w = AllW + PowerW - maps:get(From, Theirs, 0.0)}};
handle_cast({others, []}, Central) ->
    {noreply, Central};
handle_cast({others, Others}, Central) ->
    erlang:send_after(?MERGE_MS, self(), merge),
    {noreply, Central#central{others = Others}}.

handle_info(merge, #central{index = Index, others = Others, own_w = OwnW} = Central) ->
    [gen_server:cast(Other, {total, Index, OwnW}) || Other <- Others],
    erlang:send_after(?MERGE_MS, self(), merge),
    {noreply, Central}.

handle_call(energy_wh, _From, Central) ->
    {reply, Central#central.energy_wh, Central}.

%% ---- watching it ----------------------------------------------------------------------------

now_ns() -> erlang:monotonic_time(nanosecond).

%% CPU seconds a second in the measured part, and resident bytes at its end.
measure(Start, #plan{warm_up = WarmUp, ticks = Ticks}) ->
    sleep_until(Start + WarmUp * ?SECOND),
    Begin = now_ns(),
    {CpuBefore, _} = erlang:statistics(runtime),
    sleep_until(Start + Ticks * ?SECOND),
    {CpuAfter, _} = erlang:statistics(runtime),
    Cpu = (CpuAfter - CpuBefore) * 1000000 / (now_ns() - Begin),
    {Cpu, resident_bytes()}.

sleep_until(Ns) -> timer:sleep(max(0, (Ns - now_ns()) div 1000000)).

resident_bytes() ->
    {ok, Rollup} = file:read_file("/proc/self/smaps_rollup"),
    {match, [Kib]} = re:run(Rollup, "Rss: +([0-9]+)", [{capture, all_but_first, list}]),
    list_to_integer(Kib) * 1024.

await(0, Tally) -> Tally;
await(Left, {Acknowledged, InTime, Dropped, EnergyWh}) ->
    receive
        {done, A, I, D, E} ->
            await(Left - 1, {Acknowledged + A, InTime + I, Dropped + D, EnergyWh + E})
    end.

print(Plan, Seconds, Cpu, Resident, {Acknowledged, InTime, Dropped, Wh}, EnergyWh, Spawning) ->
    #plan{entities = Entities, lateness = Lateness, round_trip = RoundTrip} = Plan,
    Checksum = case EnergyWh == Wh of true -> "ok"; false -> "failed" end,
    io:format("{\"per_second\": ~.1f, \"percent_of_offered\": ~.2f, ~s, ~s, "
              "\"cpu_per_second\": ~.3f, \"rss_bytes_per_entity\": ~b, \"dropped\": ~b, "
              "\"statuses\": ~b, \"energy_wh\": ~.4f, \"checksum\": \"~s\", "
              "\"spawn_seconds\": ~.2f}~n",
              [InTime / Seconds, 100 * InTime / Seconds / Entities,
               latency("late", Lateness), latency("round_trip", RoundTrip), Cpu,
               Resident div Entities, Dropped, Acknowledged, EnergyWh, Checksum,
               Spawning / ?SECOND]).

%% ---- how long things took: buckets no wider than 1/128 of their values ----------------------

histogram() -> counters:new(48 * 128, [write_concurrency]).

record(Histogram, Ns) -> counters:add(Histogram, bucket(Ns) + 1, 1).

bucket(Ns) when Ns < 256 -> max(0, Ns);
bucket(Ns) ->
    Shift = trunc(math:log2(Ns)) - 7,
    (Shift bsl 7) + (Ns bsr Shift).

highest(Bucket) when Bucket < 256 -> Bucket;
highest(Bucket) ->
    Shift = (Bucket bsr 7) - 1,
    ((Bucket - (Shift bsl 7) + 1) bsl Shift) - 1.

latency(Name, Histogram) ->
    Counts = [counters:get(Histogram, I) || I <- lists:seq(1, 48 * 128)],
    Total = lists:sum(Counts),
    Values = [quantile(Counts, ceil(Q * Total), 0) / 1.0e6 || Q <- [0.5, 0.99, 0.999, 1.0]],
    io_lib:format("\"~s_p50_ms\": ~.3f, \"~s_p99_ms\": ~.3f, \"~s_p999_ms\": ~.3f, "
                  "\"~s_max_ms\": ~.3f",
                  lists:append([[Name, Value] || Value <- Values])).

quantile([Count | Rest], Rank, Bucket) when Count < Rank, Rest =/= [] ->
    quantile(Rest, Rank - Count, Bucket + 1);
quantile(_, _, Bucket) -> highest(Bucket).
