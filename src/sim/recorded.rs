//! Traffic that someone recorded: the lines of a CSV, one after the other → requests by the minute.
//!
//! Two shapes are read: `minute,requests` with a line for each minute, and that of the Azure Functions 2019 data set, with
//! a line for each function and a column for each minute, of which one function is taken. Of a file of any length no more
//! is kept than these figures, and nothing is guessed: a hole is no zero, and seconds are no minutes. Absent: the file.

use std::ops::ControlFlow;

use super::document::Problem;

/// A year has 525,600 minutes.
const MOST_MINUTES: usize = 600_000;
const MOST_LINES: u32 = 1_000_000;
/// More requests in a minute are not meant.
const MOST_REQUESTS: u64 = 1_000_000_000;
/// Minutes may be counted since 1970, and not from further than this.
const LAST_MINUTE: u64 = 1_000_000_000_000;

/// What was read so far.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The function to take of many, from 0; and those before it that were seen.
    function: usize,
    passed: usize,
    shape: Option<Shape>,
    line: u32,
    counts: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    /// A line for each minute, beginning with this one.
    Minutes { first: Option<u64> },
    /// A line for each function: the column of the first minute, that minute, and the number of columns.
    Functions { column: usize, first: u64, columns: usize },
}

impl Recorded {
    /// Of a file of several functions, `function` is the one to take, counted from 0.
    pub fn of_function(function: usize) -> Self {
        Self { function, passed: 0, shape: None, line: 0, counts: Vec::new() }
    }

    /// Takes the next line, and says whether another is needed.
    pub fn read_line(&mut self, text: &str) -> Result<ControlFlow<()>, Problem> {
        self.line += 1;
        if self.line > MOST_LINES {
            return Err(self.problem("a trace has at most a million lines. Keep the part that matters"));
        }
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() || text.starts_with('#') {
            return Ok(ControlFlow::Continue(()));
        }
        let cells: Vec<&str> = text.split(',').map(|cell| cell.trim().trim_matches('"')).collect();
        match self.shape {
            None => {
                self.shape = Some(self.shape_of(&cells)?);
                Ok(ControlFlow::Continue(()))
            }
            Some(Shape::Minutes { first }) => self.minute(&cells, first),
            Some(Shape::Functions { columns, .. }) if cells.len() != columns => {
                let found = cells.len();
                Err(self.problem(format!("there are {found} columns, and the first line has {columns}: it is cut off")))
            }
            Some(Shape::Functions { .. }) if self.passed < self.function => {
                self.passed += 1;
                Ok(ControlFlow::Continue(()))
            }
            Some(Shape::Functions { column, first, .. }) => {
                for (minute, cell) in (first..).zip(&cells[column..]) {
                    let count = self.count(cell, minute)?;
                    self.counts.push(count);
                }
                Ok(ControlFlow::Break(()))
            }
        }
    }

    /// The requests in each minute.
    pub fn finish(self) -> Result<Vec<u64>, Problem> {
        let Self { function, passed, shape, counts, .. } = self;
        match shape {
            Some(Shape::Minutes { .. }) if function > 0 => {
                Err(Problem::new(0, format!("there is no function {function}; this file is of one, which is number 0")))
            }
            _ if !counts.is_empty() => Ok(counts),
            Some(Shape::Functions { .. }) => Err(Problem::new(
                0,
                format!("there is no function {function}; this file has {passed}, numbered from 0"),
            )),
            _ => Err(Problem::new(
                0,
                "there is no minute in it. Write a line `minute,requests`, then one for each minute",
            )),
        }
    }

    fn problem(&self, message: impl AsRef<str>) -> Problem {
        Problem::new(self.line, message)
    }

    fn shape_of(&self, names: &[&str]) -> Result<Shape, Problem> {
        let requests = ["requests", "invocations", "count", "counts"];
        if let [minute, count] = names
            && minute.eq_ignore_ascii_case("minute")
            && requests.iter().any(|name| count.eq_ignore_ascii_case(name))
        {
            return Ok(Shape::Minutes { first: None });
        }
        let numbers: Vec<Option<u64>> = names.iter().map(|name| number_of_minute(name)).collect();
        let column = numbers.iter().position(Option::is_some).filter(|column| *column > 0);
        if let Some(column) = column
            && let Some(first) = numbers[column]
        {
            let rises = numbers[column..].iter().zip(first..).all(|(number, minute)| *number == Some(minute));
            if !rises {
                return Err(
                    self.problem("the columns of the minutes must be numbered one after the other, with no hole")
                );
            }
            if numbers.len() - column > MOST_MINUTES {
                return Err(self.problem("these are more minutes than a year has"));
            }
            return Ok(Shape::Functions { column, first, columns: names.len() });
        }
        let begin: String = names.join(",").chars().take(40).collect();
        Err(self.problem(format!(
            "`{begin}` names no minutes. The first line must be `minute,requests`, or name a column for each minute by its \
             number, as the invocations of the Azure Functions 2019 data set do; seconds or hours are to be added up first"
        )))
    }

    fn minute(&mut self, cells: &[&str], first: Option<u64>) -> Result<ControlFlow<()>, Problem> {
        let [minute, count] = cells else {
            return Err(
                self.problem(format!("a minute and its requests are needed, and here are {} columns", cells.len()))
            );
        };
        let minute = number_of_minute(minute).ok_or_else(|| {
            let begin: String = minute.chars().take(40).collect();
            self.problem(format!("`{begin}` is no number of a minute. Count the minutes: 0, 1, 2"))
        })?;
        let first = first.unwrap_or(minute);
        let due = first + self.counts.len() as u64;
        if minute != due {
            // A minute after the other, but counted in another unit.
            let remedy = match (self.counts.len(), minute.checked_sub(first)) {
                (1, Some(60)) => "If these are seconds, divide them by 60".to_owned(),
                (1, Some(60_000)) => "If these are milliseconds, divide them by 60,000".to_owned(),
                _ => format!("A minute without requests is written `{due},0`"),
            };
            return Err(self.problem(format!("minute {due} is due, and here is {minute}. {remedy}")));
        }
        if self.counts.len() == MOST_MINUTES {
            return Err(self.problem("these are more minutes than a year has"));
        }
        self.shape = Some(Shape::Minutes { first: Some(first) });
        let count = self.count(count, minute)?;
        self.counts.push(count);
        Ok(ControlFlow::Continue(()))
    }

    fn count(&self, cell: &str, minute: u64) -> Result<u64, Problem> {
        if cell.is_empty() {
            return Err(self.problem(format!("minute {minute} has no figure. Write 0 where nobody called")));
        }
        cell.parse().ok().filter(|count| *count <= MOST_REQUESTS).ok_or_else(|| {
            let cell: String = cell.chars().take(40).collect();
            self.problem(format!("`{cell}` in minute {minute} must be a whole number of requests, at most a billion"))
        })
    }
}

fn number_of_minute(cell: &str) -> Option<u64> {
    cell.parse().ok().filter(|minute| *minute <= LAST_MINUTE)
}

#[cfg(test)]
mod tests {
    use super::Recorded;

    fn read(text: &str, function: usize) -> Result<Vec<u64>, String> {
        let mut recorded = Recorded::of_function(function);
        for line in text.lines() {
            if recorded.read_line(line).map_err(|problem| problem.to_string())?.is_break() {
                break;
            }
        }
        recorded.finish().map_err(|problem| problem.to_string())
    }

    #[test]
    fn both_shapes_are_read() {
        assert_eq!(read("# mine\nminute,requests\n480,3\n481,0\n\n482,7\n", 0), Ok(vec![3, 0, 7]));
        let azure = "\u{feff}HashOwner,HashApp,HashFunction,Trigger,1,2,3\na,b,c,http,1,0,2\na,b,d,timer,0,5,0\n";
        assert_eq!(read(azure, 0), Ok(vec![1, 0, 2]));
        assert_eq!(read(azure, 1), Ok(vec![0, 5, 0]));
    }

    #[test]
    fn what_is_no_count_by_the_minute_is_refused_with_its_line_and_a_remedy() {
        for (text, function, said) in [
            (
                "minute,requests\n1,2\n3,4",
                0,
                "line 3: minute 2 is due, and here is 3. A minute without requests is written `2,0`",
            ),
            ("minute,requests\n0,2\n60,4", 0, "line 3: minute 1 is due, and here is 60. If these are seconds, divide"),
            ("minute,requests\n18446744073709551615,2\n", 0, "is no number of a minute"),
            ("name,18446744073709551615\na,1", 0, "names no minutes"),
            ("minute,requests\n1,", 0, "line 2: minute 1 has no figure. Write 0"),
            ("minute,requests\n1,2.5", 0, "line 2: `2.5` in minute 1 must be a whole number"),
            ("minute,requests\n1,-2", 0, "line 2: `-2` in minute 1"),
            ("minute,requests\n1,nan", 0, "line 2: `nan` in minute 1"),
            ("minute,requests\n1,99999999999999999999", 0, "at most a billion"),
            ("minute,requests\n1", 0, "line 2: a minute and its requests are needed, and here are 1 columns"),
            ("minute,requests\nnoon,1", 0, "line 2: `noon` is no number of a minute"),
            ("minute,requests\n", 0, "there is no minute in it"),
            ("second,requests\n1,2", 0, "line 1: `second,requests` names no minutes"),
            ("0,5\n1,6", 0, "names no minutes"),
            ("HashOwner,Average,Count\na,1,2", 0, "names no minutes"),
            ("", 0, "there is no minute in it"),
            ("name,1,2,4\na,1,1,1", 0, "numbered one after the other"),
            ("name,1,2,3\na,1,,1", 0, "line 2: minute 2 has no figure"),
            ("name,1,2,3\na,1,x,1", 0, "line 2: `x` in minute 2"),
            ("name,1,2,3\na,1", 0, "line 2: there are 2 columns, and the first line has 4: it is cut off"),
            ("minute,requests\n0,2", 3, "there is no function 3; this file is of one"),
            ("name,1,2,3\na,1,1,1", 5, "there is no function 5; this file has 1, numbered from 0"),
        ] {
            let problem = read(text, function).expect_err(text);
            assert!(problem.contains(said), "{text:?}: {problem}");
        }
        let endless = format!("minute,requests\n{}", "#\n".repeat(1_000_001));
        assert!(read(&endless, 0).expect_err("too long").contains("at most a million lines"));
    }
}
