"""Jobs on threads: all of them once, the first error wins, interrupts get through."""

import _thread
import gc
import itertools
import signal
import threading
import time
import weakref

import pytest

from cloudvolume.scheduler import run_jobs, threads

WAYS = [
    pytest.param({"n_threads": 1}, id="alone"),
    pytest.param({"n_threads": 4}, id="four threads"),
    pytest.param({"n_threads": 4, "patience_s": 60.0}, id="patient"),
    pytest.param({"n_threads": 4, "patience_s": 1e-9}, id="impatient"),
    pytest.param({"n_threads": 64, "total": 1000}, id="many threads"),
]


def helpers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("cloudvolume-")]


@pytest.fixture(autouse=True)
def _no_helper_stays():
    """Threads exist only as long as the jobs."""
    yield
    assert helpers() == []


@pytest.fixture
def interrupts():
    """Ctrl-C raises KeyboardInterrupt here, as it does in a program; xdist may have it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("n", [0, 1, 2, 1000])
def test_each_item_once(way, n):
    """Whatever the order and the number of threads."""
    done = []
    assert run_jobs(done.append, iter(range(n)), **{**way, "total": n}) is None
    assert sorted(done) == list(range(n))


@pytest.mark.parametrize("total", [None, 0, 1, 3, 500], ids=repr)
def test_total_is_only_a_hint(total):
    """It limits the threads; a wrong one loses no item."""
    seen = set()
    done = []

    def job(item):
        seen.add(threading.current_thread().name)
        done.append(item)

    run_jobs(job, range(100), n_threads=8, total=total)
    assert sorted(done) == list(range(100))
    assert len(seen) <= max(1, 8 if total is None else min(8, total))


def test_threads_work_at_the_same_time():
    """As many as were asked for: four jobs that wait for each other come through."""
    barrier = threading.Barrier(4)
    run_jobs(lambda _: barrier.wait(10), range(8), n_threads=4)


def test_one_thread_is_the_caller():
    """No other thread is started for it, nor for quick jobs within the patience."""
    names = set()
    run_jobs(lambda _: names.add(threading.current_thread()), range(20))
    run_jobs(lambda _: names.add(threading.current_thread()), range(20), n_threads=0)
    run_jobs(lambda _: names.add(threading.current_thread()), range(20), n_threads=8, patience_s=60)
    assert names == {threading.current_thread()}


def test_help_comes_after_a_slow_job():
    """One job that takes an eighth of the patience is enough to call for help."""
    barrier = threading.Barrier(2)

    def job(item):
        if item == 0:
            time.sleep(0.02)
        else:
            barrier.wait(10)

    run_jobs(job, range(3), n_threads=2, patience_s=0.1)


@pytest.mark.parametrize("way", WAYS)
def test_the_first_error_wins(way):
    """It comes out as it was raised, and nothing new is started after it."""
    begun = []
    error = ValueError("job 5")

    def job(item):
        begun.append(item)
        if item == 5:
            raise error
        if item > 5:
            time.sleep(0.001)

    with pytest.raises(ValueError, match="job 5") as caught:
        run_jobs(job, itertools.count(), **{**way, "total": None})
    assert caught.value is error
    n_threads = min(way["n_threads"], 64)
    assert max(begun) < 6 + 20 * n_threads


def test_what_is_in_flight_ends_before_the_error():
    """The caller may free what the jobs use as soon as it sees the error."""
    both = threading.Barrier(2)
    ended = []

    def job(item):
        both.wait(10)
        if item == 0:
            raise ValueError("job 0")
        time.sleep(0.1)
        ended.append(item)

    with pytest.raises(ValueError, match="job 0"):
        run_jobs(job, itertools.count(), n_threads=2)
    assert ended == [1]


@pytest.mark.parametrize("way", WAYS)
def test_an_error_of_the_items(way):
    """A plan that breaks in the middle is the caller's error."""

    def items():
        yield from range(10)
        raise KeyError("plan")

    done = []
    with pytest.raises(KeyError, match="plan"):
        run_jobs(done.append, items(), **{**way, "total": 100})
    assert sorted(done) == list(range(10))


def test_items_are_drawn_one_at_a_time():
    """A plan of a million chunks is never held as a whole, nor walked by two threads at once."""
    drawn, done, ahead = 0, [], []

    def items():
        nonlocal drawn
        for drawn in range(1, 1001):
            ahead.append(drawn - len(done))
            yield drawn

    run_jobs(done.append, items(), n_threads=4)
    assert sorted(done) == list(range(1, 1001))
    assert max(ahead) <= 4 + 1


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, StopIteration, GeneratorExit])
@pytest.mark.parametrize("n_threads", [1, 3])
def test_errors_of_every_kind_come_through(error, n_threads):
    """Also those that are not Exceptions, from whichever thread."""

    def job(item):
        if item == 7:
            raise error

    with pytest.raises(error):
        run_jobs(job, range(100), n_threads=n_threads)


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("where", ["in a job", "in the plan", "while helpers start"])
def test_an_interrupt_stops_all(where):
    """Ctrl-C comes out, helpers end, and nothing is started any more."""
    main = threading.current_thread()
    begun = []

    def interrupt():
        if not begun:
            begun.append(0)
            _thread.interrupt_main()

    def items():
        for item in itertools.count():
            if item == 20 and where == "in the plan":
                interrupt()
            yield item

    def job(_):
        if begun:
            begun.append(1)
        if where == "while helpers start" or (
            where == "in a job" and threading.current_thread() is main
        ):
            interrupt()
        time.sleep(0.001)

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_jobs(job, items(), n_threads=32)
    assert time.monotonic() - start < 5
    assert helpers() == []
    n_begun = len(begun)
    time.sleep(0.02)
    assert len(begun) == n_begun


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("busy", ["a helper", "the last job of a helper"])
def test_an_interrupt_does_not_wait_for_a_stuck_job(monkeypatch, busy):
    """A server that stalls does not hold the prompt; the helper ends when its job does."""
    monkeypatch.setattr(threads, "_GRACE_S", 0.2)
    main = threading.current_thread()
    stuck, release = threading.Event(), threading.Event()
    begun = []

    def job(item):
        begun.append(item)
        if threading.current_thread() is not main:
            stuck.set()
            if busy != "a helper":
                _thread.interrupt_main()
            release.wait(30)
        elif busy == "a helper":
            stuck.wait(10)
            _thread.interrupt_main()
        else:
            stuck.wait(10)

    items = itertools.count() if busy == "a helper" else range(2)
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_jobs(job, items, n_threads=2)
    assert time.monotonic() - start < 5
    release.set()
    for helper in helpers():
        helper.join(10)
    assert len(begun) <= 2


def test_the_grace_leaves_room():
    """An interrupt is through within five seconds."""
    assert threads._GRACE_S < 5


def test_no_more_threads_from_the_system(monkeypatch):
    """Those there are do the work."""
    start = threading.Thread.start
    n_started = 0

    def refuse(thread):
        nonlocal n_started
        n_started += 1
        if n_started > 2:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    done = []
    run_jobs(done.append, range(1000), n_threads=10)
    assert sorted(done) == list(range(1000))
    assert n_started == 3


def test_an_error_keeps_no_array_alive():
    """What a failed request held is freed with the error, without the garbage collector."""

    class Array:
        pass

    def request():
        array = Array()

        def job(item):
            assert array
            raise ValueError("job")

        with pytest.raises(ValueError, match="job"):
            run_jobs(job, range(10), n_threads=2)
        return weakref.ref(array)

    gc.disable()
    try:
        assert request()() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("progress", [True, "reading"], ids=["plain", "label"])
def test_progress(way, progress, capfd):
    """One step for each job done, drawn to stderr, with the label."""
    run_jobs(lambda _: None, range(1000), **{**way, "total": 1000}, progress=progress)
    out, err = capfd.readouterr()
    assert out == ""
    assert "1000/1000" in err
    assert ("reading" in err) == (progress == "reading")


def test_no_progress_for_nothing(capfd):
    """Neither by default nor for no jobs."""
    run_jobs(lambda _: None, range(10))
    run_jobs(lambda _: None, [], total=0, progress=True)
    assert capfd.readouterr() == ("", "")


def test_a_bar_that_fails_is_an_error(monkeypatch):
    """On whichever thread: a helper never dies in silence."""
    from tqdm.auto import tqdm

    def fail(self, n=1):
        raise BrokenPipeError("no terminal")

    monkeypatch.setattr(tqdm, "update", fail)
    with pytest.raises(BrokenPipeError, match="no terminal"):
        run_jobs(lambda _: time.sleep(0.001), range(100), n_threads=4, progress=True, total=100)
