;; Scans vectors of 64 int8 for those whose product with a query of 64 int16 is above a floor (ranking.md 4).
;; Assembled into scan.gen.ts by `node src/setup/assemble-scan.ts`.
(module
  (import "vectors" "memory" (memory 1))

  ;; Looks at slots from $slot to $end, both multiples of 8, of those whose bits are set in both bitmaps. Writes slot and product of each above
  ;; $floor to $out. Stops early where fewer than 8 places are left before $outEnd. Returns the slot to go on with; the end of what
  ;; was written stands at address 0.
  (func (export "scan")
    (param $slot i32) (param $end i32)
    (param $live i32) (param $allowed i32)
    (param $query i32) (param $vectors i32)
    (param $floor i32) (param $out i32) (param $outEnd i32)
    (result i32)
    (local $bits i32) (local $vector i32) (local $one i32) (local $product i32) (local $sum v128)
    (local $q0 v128) (local $q1 v128) (local $q2 v128) (local $q3 v128)
    (local $q4 v128) (local $q5 v128) (local $q6 v128) (local $q7 v128)
    (local.set $q0 (v128.load (local.get $query)))
    (local.set $q1 (v128.load offset=16 (local.get $query)))
    (local.set $q2 (v128.load offset=32 (local.get $query)))
    (local.set $q3 (v128.load offset=48 (local.get $query)))
    (local.set $q4 (v128.load offset=64 (local.get $query)))
    (local.set $q5 (v128.load offset=80 (local.get $query)))
    (local.set $q6 (v128.load offset=96 (local.get $query)))
    (local.set $q7 (v128.load offset=112 (local.get $query)))
    (block $done
      (loop $eights
        (br_if $done (i32.ge_u (local.get $slot) (local.get $end)))
        (br_if $done (i32.lt_s (i32.sub (local.get $outEnd) (local.get $out)) (i32.const 64)))
        (local.set $bits
          (i32.and
            (i32.load8_u (i32.add (local.get $live) (i32.shr_u (local.get $slot) (i32.const 3))))
            (i32.load8_u (i32.add (local.get $allowed) (i32.shr_u (local.get $slot) (i32.const 3))))))
        (block $none
          (loop $bit
            (br_if $none (i32.eqz (local.get $bits)))
            (local.set $one (i32.add (local.get $slot) (i32.ctz (local.get $bits))))
            (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
            (local.set $vector (i32.add (local.get $vectors) (i32.shl (local.get $one) (i32.const 6))))
            (local.set $sum
              (i32x4.add
                (i32x4.add
                  (i32x4.add
                    (i32x4.dot_i16x8_s (local.get $q0) (v128.load8x8_s (local.get $vector)))
                    (i32x4.dot_i16x8_s (local.get $q1) (v128.load8x8_s offset=8 (local.get $vector))))
                  (i32x4.add
                    (i32x4.dot_i16x8_s (local.get $q2) (v128.load8x8_s offset=16 (local.get $vector)))
                    (i32x4.dot_i16x8_s (local.get $q3) (v128.load8x8_s offset=24 (local.get $vector)))))
                (i32x4.add
                  (i32x4.add
                    (i32x4.dot_i16x8_s (local.get $q4) (v128.load8x8_s offset=32 (local.get $vector)))
                    (i32x4.dot_i16x8_s (local.get $q5) (v128.load8x8_s offset=40 (local.get $vector))))
                  (i32x4.add
                    (i32x4.dot_i16x8_s (local.get $q6) (v128.load8x8_s offset=48 (local.get $vector)))
                    (i32x4.dot_i16x8_s (local.get $q7) (v128.load8x8_s offset=56 (local.get $vector)))))))
            (local.set $sum (i32x4.add (local.get $sum)
              (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $sum) (local.get $sum))))
            (local.set $product
              (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum))))
            (if (i32.gt_s (local.get $product) (local.get $floor))
              (then
                (i32.store (local.get $out) (local.get $one))
                (i32.store offset=4 (local.get $out) (local.get $product))
                (local.set $out (i32.add (local.get $out) (i32.const 8)))))
            (br $bit)))
        (local.set $slot (i32.add (local.get $slot) (i32.const 8)))
        (br $eights)))
    (i32.store (i32.const 0) (local.get $out))
    (local.get $slot)))
