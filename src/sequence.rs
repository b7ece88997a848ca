//! What of a sequence keeps its order, where the rest is out of it.

/// Marks the members of a longest increasing subsequence.
pub(crate) fn longest_increasing(sequence: &[usize]) -> Vec<bool> {
    // Where the best chain of each length ends, and what comes before each member.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = Vec::with_capacity(sequence.len());
    for (at, value) in sequence.iter().enumerate() {
        let length = ends.partition_point(|&end| sequence[end] < *value);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        if length == ends.len() {
            ends.push(at);
        } else {
            ends[length] = at;
        }
    }
    let mut members = vec![false; sequence.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        members[at] = true;
        next = before[at];
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn increasing_sequences_are_long() {
        assert!(longest_increasing(&[]).is_empty());
        assert_eq!(longest_increasing(&[2, 0, 1]), [false, true, true]);
        assert_eq!(longest_increasing(&[0, 2, 1, 3]), [true, false, true, true]);
    }
}
